// A crawl of more hosts than may be in memory, killed in the middle. The server is the witness.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gossamer, startGossamer } from '../helpers/gossamer.ts';
import { startManyHosts } from '../helpers/many-hosts.ts';
import { smallLimits } from '../helpers/small-limits.ts';

const HOSTS = 1_000;
const PAGES = 3;
const DELAY_MS = 1_000;
const FEW = smallLimits({ HOSTS_IN_MEMORY_MAX: '40', HOSTS_NEAR_MAX: '16', HOSTS_WANTED_MAX: '24' });

test('crawl: hosts come and go, each keeps its delay and its robots.txt, over a kill too', {
  timeout: 120_000,
  skip: process.platform === 'linux' ? false : 'only Linux answers at all of 127.0.0.0/8',
}, async (context) => {
  const web = await startManyHosts({ hosts: HOSTS, pages: PAGES, delayMs: DELAY_MS, wayMs: DELAY_MS / 2 });
  context.after(() => web.close());
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-many-hosts-'));
  const options = ['--scope', 'any', '--allow-private', '--delay', String(DELAY_MS), '-c', '20', '--no-archive'];
  const command = ['crawl', web.root, ...options, '-q', '-o', folder];

  const first = startGossamer(command, FEW);
  web.onRequest = () => {
    if (web.seen.pages > HOSTS) first.child.kill('SIGKILL');
  };
  assert.equal((await first.finished).signal, 'SIGKILL');
  web.onRequest = () => {};
  const { code, stderr } = await gossamer(command, FEW);
  assert.equal(code, 0, stderr);
  const { pages, early, rude, repeats } = web.seen;
  assert.deepEqual({ pages, early, rude }, { pages: HOSTS * PAGES, early: 0, rude: 0 });
  assert.ok(repeats <= 20, `${repeats} pages were asked for again, and 20 were in flight`);
  rmSync(folder, { recursive: true });
});
