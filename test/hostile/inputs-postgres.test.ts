// Hostile pages, met by the real command with its job in PostgreSQL: what they cost and what becomes of them is the
// same there.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { NO_POSTGRES, startPostgres } from '../helpers/postgres.ts';
import { CONTENT } from './inputs/content.ts';
import { COSTS } from './inputs/costs.ts';
import { runInputs } from './run-inputs.ts';

const MB = 1024 * 1024;
/** The client of the database holds what is on its way there. */
const PEAK_BYTES_MAX = 350 * MB;
const STALL_MS_MAX = 50;
const home = mkdtempSync(join(tmpdir(), 'gossamer-inputs-postgres-'));
after(() => rmSync(home, { recursive: true }));
/** Traps are the same in each store, and take their time. */
const isTrap = (number: string): boolean => Number.parseInt(number, 10) >= 40 && Number.parseInt(number, 10) < 45;

const skip = NO_POSTGRES || (process.platform !== 'linux' && 'the peak is read from /proc');

test('crawl: hostile pages whose rows are in PostgreSQL', { skip }, async () => {
  await using database = await startPostgres();
  const inputs = [...CONTENT, ...COSTS].filter(({ group, number }) => group === 'host' && !isTrap(number));
  const run = (name: string) => runInputs(inputs, join(home, name), () => ({}), { DATABASE_URL: database.url });
  let ran = await run('first');
  // What the machine does besides does not come again in the same place.
  if (ran.findings.length === 0 && ran.stallMs > STALL_MS_MAX) ran = await run('again');
  assert.deepEqual(ran.findings, []);
  assert.ok(ran.peakBytes <= PEAK_BYTES_MAX, `${Math.round(ran.peakBytes / MB)} MB`);
  assert.ok(ran.stallMs <= STALL_MS_MAX, `${ran.stallMs} ms`);
});
