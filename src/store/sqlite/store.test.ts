import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { ended, FREE, found, IDENTITY, NOW, settle } from '../../../test/contract/store.ts';
import { ERROR_CODES, SKIP_REASONS } from '../../base/errors.ts';
import { WAL_PAGES_MAX } from '../../base/limits.ts';
import { allOf } from '../../base/paged.ts';
import { ERRORS, REASONS } from '../codes.ts';
import { identityText } from '../identity.ts';
import type { Store } from '../store.ts';
import { APPLICATION_ID, STEPS } from './schema.ts';
import { openLedger, openStore } from './store.ts';

const OPTIONS = { identity: IDENTITY, now: NOW };

function newLocation(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-store-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'gossamer.db');
}

async function makeJob(location: string, urls = 2000): Promise<void> {
  const { frontier } = await openStore(location, OPTIONS);
  await frontier.add(Array.from({ length: urls }, (_, page) => found(`https://a.test/${page}`)));
  await frontier.close();
}

function digest(location: string): string {
  return createHash('sha256').update(readFileSync(location)).digest('hex');
}

/** Both ways to open it throw this code, and the file stays unchanged. */
async function assertRefused(location: string, code: string, message: RegExp): Promise<void> {
  const before = digest(location);
  await assert.rejects(openStore(location, OPTIONS), { name: 'JobError', code, message });
  assert.equal(digest(location), before);
  assert.ok(!existsSync(`${location}-wal`));
}

test('openStore: what is no database is refused and not touched', async (context) => {
  const location = newLocation(context);
  writeFileSync(location, 'My thesis, the only copy.\n'.repeat(1000));
  await assertRefused(location, 'unreadable', /not a database.*-o .*--fresh/);
  assert.throws(() => openLedger(location), { code: 'unreadable' });
});

test('openStore: the database of another program is refused and not touched', async (context) => {
  const location = newLocation(context);
  const db = new DatabaseSync(location);
  db.exec('CREATE TABLE photos (id INTEGER)');
  db.close();
  await assertRefused(location, 'unreadable', /another program/);
});

test('openStore: a damaged database is refused and not touched', async (context) => {
  const location = newLocation(context);
  await makeJob(location);
  const bytes = readFileSync(location);
  for (const [from, to] of [
    [8192, bytes.length],
    [100, 4096],
  ]) {
    writeFileSync(location, Buffer.from(bytes).fill(0x5a, from, to));
    await assertRefused(location, 'unreadable', /damaged/);
  }
  writeFileSync(location, bytes.subarray(0, bytes.length / 2));
  await assertRefused(location, 'unreadable', /nothing was changed/);
});

test('openStore: tables that contradict each other are refused', async (context) => {
  for (const sql of [
    'DELETE FROM urls WHERE id = 7',
    'DELETE FROM queue WHERE url = 7',
    'INSERT INTO queue SELECT host, url + 100, 0, 0 FROM queue WHERE url = 7',
  ]) {
    const location = newLocation(context);
    await makeJob(location, 10);
    const db = new DatabaseSync(location);
    db.exec(`PRAGMA journal_mode = WAL; ${sql}`);
    db.close();
    await assertRefused(location, 'unreadable', /row 7 of urls is missing|there are 10 URLs/);
  }
});

test('openStore: totals that are not what the rows come to are counted again, and that is told', async (context) => {
  for (const sql of [
    'UPDATE totals SET done = 5',
    'UPDATE totals SET skipped = -1',
    'UPDATE totals SET done = done - 1, failed = failed + 1',
  ]) {
    const location = newLocation(context);
    await makeJob(location, 10);
    const db = new DatabaseSync(location);
    db.exec(`PRAGMA journal_mode = WAL; ${sql}`);
    db.close();
    const { frontier, ledger, mended } = await openStore(location, OPTIONS);
    assert.match(
      mended.join(),
      /totals were wrong, and its rows were counted again: 0 done, 0 failed and 0 skipped, not /,
    );
    assert.deepEqual(await ledger.job.counts(), {
      queued: 10,
      leased: 0,
      done: 0,
      failed: 0,
      skipped: 0,
      unreadSitemaps: 0,
    });
    await frontier.close();
    const again = await openStore(location, OPTIONS);
    assert.deepEqual(again.mended, []);
    await again.frontier.close();
  }
});

test('openStore: a database of a newer version is refused and not touched', async (context) => {
  const location = newLocation(context);
  await makeJob(location);
  const db = new DatabaseSync(location);
  db.exec('PRAGMA user_version = 99');
  db.close();
  await assertRefused(location, 'newer', /version 99.*update/);
  assert.throws(() => openLedger(location), { code: 'newer' });
});

test('openStore: a database of each older version becomes one of today, with what it held', async (context) => {
  const tablesOf = (location: string): unknown => {
    const db = new DatabaseSync(location, { readOnly: true });
    const tables = db.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all();
    db.close();
    return tables;
  };
  const today = newLocation(context);
  await makeJob(today, 1);
  for (let version = 1; version < STEPS.length; version += 1) {
    const location = newLocation(context);
    const db = new DatabaseSync(location);
    for (const step of STEPS.slice(0, version)) db.exec(step);
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${version}`);
    db.prepare('INSERT INTO job (id, identity, seed_high, seed_low, created_at) VALUES (1, ?, 1, 2, 3)').run(
      identityText(IDENTITY),
    );
    db.exec(`INSERT INTO runs (id, started_at, updated_at, ended_at, requests, bytes, peak_in_flight, hosts)
      VALUES (1, 10, 20, 30, 5, 6, 7, '[]')`);
    db.close();
    assert.throws(() => openLedger(location), { code: 'older', message: /an older gossamer.*gossamer crawl/ });
    const { frontier, ledger } = await openStore(location, OPTIONS);
    const figures = {
      requests: 5,
      bytes: 6,
      inFlight: 0,
      peakInFlight: 7,
      // From version 8 on the run itself writes it.
      elapsedMs: version < 8 ? 20 : 0,
      agent: 'gossamer',
      waitingFor: null,
      loopLate: null,
      hosts: [],
    };
    assert.deepEqual(await ledger.job.runs(), [
      { startedAt: 10, updatedAt: 20, endedAt: 30, stoppedBy: null, ...figures },
    ]);
    await frontier.close();
    assert.deepEqual(tablesOf(location), tablesOf(today), `version ${version}`);
  }
});

test('openStore: another job is refused and not touched', async (context) => {
  const location = newLocation(context);
  await makeJob(location);
  const before = digest(location);
  await assert.rejects(openStore(location, { ...OPTIONS, identity: { ...IDENTITY, roots: ['https://b.test/'] } }), {
    code: 'other-job',
    message: /the roots differ: "https:\/\/b.test\/" is new, "https:\/\/example.com\/" is gone\. Use/,
  });
  assert.equal(digest(location), before);
});

test('openStore: an empty file is a new job, and `fresh` makes one of anything', async (context) => {
  const location = newLocation(context);
  writeFileSync(location, '');
  const first = await openStore(location, OPTIONS);
  assert.equal(first.resumed, false);
  await first.frontier.close();
  writeFileSync(location, 'no database at all');
  const second = await openStore(location, { ...OPTIONS, fresh: true });
  assert.equal(second.resumed, false);
  assert.equal(second.frontier.counts().queued, 0);
  await second.frontier.close();
});

test('openLedger: a job that is not there is missing', (context) => {
  const location = newLocation(context);
  assert.throws(() => openLedger(location), { name: 'JobError', code: 'missing' });
  assert.ok(!existsSync(location));
});

test('openLedger: bytes of links that are malformed are refused', async (context) => {
  const location = newLocation(context);
  const { frontier } = await openStore(location, OPTIONS);
  await frontier.add([found('https://a.test/')]);
  const [lease] = await frontier.lease(1, NOW, FREE);
  await settle(frontier, ended(lease!, { links: [found('https://a.test/1')] }));
  await frontier.close();
  const db = new DatabaseSync(location);
  db.exec("UPDATE outcomes SET links = x'05'");
  db.close();
  const ledger = openLedger(location);
  await assert.rejects(ledger.links.of([1]), /malformed/);
  await ledger.close();
});

// Adds URLs until that fails. Then prints the error, the errors of later calls, and the counts.
const FILLER = `
  import { openStore } from ${JSON.stringify(new URL('./store.ts', import.meta.url).href)};
  import { ended, FREE, found, IDENTITY, NOW, settle } from ${JSON.stringify(new URL('../../../test/contract/store.ts', import.meta.url).href)};
  const { frontier } = await openStore(process.argv[1], { identity: IDENTITY, now: NOW });
  const [lease] = await frontier.lease(1, NOW, FREE);
  const codes = [];
  const note = (error) => codes.push(error.name + ' ' + error.code);
  for (let page = 1; codes.length === 0; page += 1) {
    await frontier.add([found('https://a.test/' + 'x'.repeat(5000) + page)]).catch(note);
  }
  await frontier.lease(1, NOW, FREE).catch(note);
  await settle(frontier, ended(lease)).catch(note);
  console.log(JSON.stringify({ codes, done: frontier.counts().done }));
  await frontier.close();`;

const noLimits = process.platform === 'win32';
test('add: a full disk is a MachineError, and the job can go on later', { skip: noLimits }, async (context) => {
  const location = newLocation(context);
  await makeJob(location, 10);
  // A limit of the file size stands in for a full disk.
  const command = 'ulimit -f 2000; exec "$0" --input-type=module-typescript --eval "$1" "$2"';
  const { stdout } = await promisify(execFile)('sh', ['-c', command, process.execPath, FILLER, location]);
  assert.deepEqual(JSON.parse(stdout), { codes: Array(3).fill('MachineError disk'), done: 0 });
  const { frontier } = await openStore(location, OPTIONS);
  assert.ok(frontier.counts().queued > 10);
  await frontier.close();
});

test('settle: the log stays bounded under constant load, beside a reader', async (context) => {
  const location = newLocation(context);
  const { frontier }: Store = await openStore(location, OPTIONS);
  await frontier.add([found('https://a.test/0')]);
  const ledger = openLedger(location);
  const rows = (await allOf(ledger.rows.all()))[Symbol.iterator]();
  let last = 0;
  for (let round = 0; round < 60; round += 1) {
    const leases = await frontier.lease(100, NOW, FREE);
    const settlements = leases.map((lease) => {
      const links = Array.from({ length: 20 }, () => {
        last += 1;
        return found(`https://a.test/${'long/'.repeat(50)}${last}`);
      });
      return ended(lease, { links });
    });
    await settle(frontier, ...settlements);
    rows.next();
  }
  assert.ok(frontier.counts().queued > 90_000);
  assert.ok(statSync(`${location}-wal`).size < 3 * WAL_PAGES_MAX * 4096);
  await ledger.close();
  await frontier.close();
});

test('codes: every word has one of its own', () => {
  assert.deepEqual([...ERRORS.all.keys()].toSorted(), ERROR_CODES.toSorted());
  assert.deepEqual([...REASONS.all.keys()].toSorted(), SKIP_REASONS.toSorted());
  for (const { all } of [ERRORS, REASONS]) assert.equal(new Set(all.values()).size, all.size);
  assert.throws(() => ERRORS.word(255), /no word for the code 255/);
});
