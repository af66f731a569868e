import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { FREE, IDENTITY, NOW } from '../../../test/contract/store.ts';
import { fc } from '../../../test/helpers/properties.ts';
import { allOf } from '../../base/paged.ts';
import { openStore } from './store.ts';

const STORE = new URL('./store.ts', import.meta.url).href;
const CONTRACT = new URL('../../../test/contract/store.ts', import.meta.url).href;
const ROUNDS = 6;

// Settles without end and prints each id when its settlement is reported as durable.
const WRITER = `
  import { openStore } from ${JSON.stringify(STORE)};
  import { ended, FREE, found, IDENTITY, NOW, settle } from ${JSON.stringify(CONTRACT)};
  const { frontier } = await openStore(process.argv[1], { identity: IDENTITY, now: NOW });
  await frontier.add([found('https://a.test/')]);
  for (;;) {
    const leases = await frontier.lease(7, NOW, FREE);
    await settle(frontier, ...leases.map((lease) => {
      if (lease.id % 5 === 0 && lease.tries === 0) return ended(lease, { state: 'queued', error: 'reset', response: null });
      const links = [1, 2, 3].map((n) => found('https://h' + n + '.test/' + (lease.id * 2 + n)));
      return ended(lease, { links });
    }));
    process.stdout.write(leases.map(({ id, tries }) => id + ' ' + tries + '\\n').join(''));
  }`;

test('openStore: after kill -9 amid settles, all that was settled is there and nothing is twice', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-kill-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const location = join(folder, 'gossamer.db');
  const seed = Number(process.env['SEED'] ?? process.pid);
  context.diagnostic(`SEED=${seed}`);
  const linesBefore = fc.sample(fc.integer({ min: 1, max: 700 }), { seed, numRuns: ROUNDS });
  const settled = new Set<number>();

  for (const lines of linesBefore) {
    await writeUntilKilled(location, lines, settled);
    const { frontier, ledger, resumed } = await openStore(location, { identity: IDENTITY, now: NOW });
    assert.equal(resumed, true);
    const counts = await ledger.job.counts();
    const rows = await allOf(ledger.rows.all());
    assert.equal(new Set(rows.map(({ key }) => key)).size, rows.length);
    assert.equal(rows.filter(({ state }) => state === 'done').length, counts.done);
    assert.equal(rows.filter(({ state }) => state === 'queued').length, counts.queued);
    for (const id of settled) assert.equal(rows[id - 1]?.state, 'done');
    for (const row of rows) if (row.state === 'done') assert.equal((await ledger.links.of([row.id]))[0]!.length, 3);
    const leases = await frontier.lease(rows.length, NOW, FREE);
    assert.equal(new Set(leases.map(({ id }) => id)).size, counts.queued);
    await frontier.close();
    assertSound(location);
  }
});

async function writeUntilKilled(location: string, lines: number, settled: Set<number>): Promise<void> {
  const args = ['--input-type=module-typescript', '--eval', WRITER, location];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let left = lines;
  for await (const line of createInterface({ input: child.stdout })) {
    const [id, tries] = line.split(' ').map(Number);
    if (tries !== undefined && (id! % 5 !== 0 || tries > 0)) settled.add(id!);
    left -= 1;
    if (left === 0) child.kill('SIGKILL');
  }
  await exited;
  assert.ok(left <= 0, 'the writer ended by itself');
}

function assertSound(location: string): void {
  const db = new DatabaseSync(location, { readOnly: true });
  assert.equal(db.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok');
  db.close();
}
