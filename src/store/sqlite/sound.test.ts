import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { ended, FREE, found, IDENTITY, NOW, settle } from '../../../test/contract/store-samples.ts';
import type { Ledger } from '../../base/contracts.ts';
import { GossamerError, JobError } from '../../base/errors.ts';
import { allOf } from '../../base/paged.ts';
import { openLedger, openStore } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'gossamer-sound-'));
after(() => rmSync(folder, { recursive: true }));

const made = join(folder, 'made.db');
const store = await openStore(made, { identity: IDENTITY, now: NOW });
await store.frontier.add([1, 2, 3, 4, 5, 6].map((page) => found(`http://a.test/${page}`)));
const leases = await store.frontier.lease(4, NOW, FREE);
await settle(
  store.frontier,
  ...leases.map((lease) => ended(lease, { links: [found('http://a.test/7', { depth: 1 })] })),
);
await store.frontier.close();

/** Statements that put into a database what no crawl writes; each is tested alone. */
const CRAFTED: readonly string[] = [
  'UPDATE outcomes SET state = 99',
  'UPDATE outcomes SET reason = 99, error = -1',
  'UPDATE outcomes SET status = 9000000000000000000',
  'UPDATE outcomes SET status = 4294967296, tries = -1',
  "UPDATE outcomes SET links = x'ffffffffffffffffff'",
  "UPDATE outcomes SET sha256 = x'00'",
  'UPDATE outcomes SET archive_length = 4611686018427387904',
  'UPDATE outcomes SET archive_offset = 9007199254740991, archive_length = -5',
  'UPDATE outcomes SET fetched_at = 9000000000000000, elapsed_ms = -1, bytes = -1',
  'UPDATE outcomes SET fetched_at = 9223372036854775807',
  'UPDATE urls SET referrer = id',
  "UPDATE urls SET url = 'no url' WHERE id > 1",
  "UPDATE urls SET url = 'javascript:x', key = '' WHERE id > 1",
  'UPDATE urls SET id = id + 4000000000 WHERE id = 6',
  'DELETE FROM urls WHERE id = 3',
  'INSERT OR IGNORE INTO queue SELECT host, id, 0, 0 FROM urls',
  "UPDATE hosts SET word = 'no host'",
  'UPDATE hosts SET held_until = 9007199254740990, robots_fetched_at = -9007199254740990',
  "UPDATE hosts SET robots_fetched_at = 1, robots_status = -1, robots_body = x'ff00'",
  "UPDATE runs SET hosts = '[1, null]'",
  `UPDATE runs SET waiting_for = '{"host": 5}'`,
  'UPDATE runs SET started_at = 9000000000000000',
  'UPDATE runs SET ended_at = -9000000000000000, requests = -1',
  `UPDATE job SET identity = '{"roots": ["x y"]}'`,
  "UPDATE job SET identity = json_set(identity, '$.include', json('[\"(\"]'), '$.scope', 'nonsense', '$.keyRules', 77)",
  'DELETE FROM job',
  "UPDATE words SET word = 'x' || id",
  'CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM urls; END',
  'INSERT OR REPLACE INTO attempts (url, number, at, error, status, state) VALUES (2, 1, 9000000000000000, 99, 1, 99)',
  "INSERT OR REPLACE INTO mentions VALUES (2, 77, 'never', 'x', 1e308)",
  "INSERT INTO sitemaps (url, host, depth, verdict) VALUES ('no url', 77, -1, 'nonsense')",
  'UPDATE outcomes SET truncated = 7',
  'UPDATE outcomes SET archive_offset = -1',
  'UPDATE outcomes SET redirect_to = 4000000',
  'UPDATE urls SET depth = -1, hops = -1',
  'UPDATE urls SET host = 99',
  'INSERT INTO queue VALUES (77, 88, 9223372036854775807, -4)',
  'UPDATE totals SET done = -7',
  'CREATE VIEW v AS SELECT 1',
  "UPDATE runs SET hosts = '{'",
  "UPDATE outcomes SET links = x''",
  'ALTER TABLE outcomes ADD COLUMN more TEXT',
  "UPDATE job SET identity = '['",
];

/** The same for the queue. */
const QUEUED: readonly string[] = [
  'DELETE FROM urls WHERE id > 3',
  'DELETE FROM hosts',
  "UPDATE urls SET url = 'no url', key = NULL",
  'UPDATE queue SET tries = -1, due_at = -9007199254740991',
  'UPDATE queue SET tries = 9223372036854775807',
  'UPDATE queue SET host = 99',
  'UPDATE queue SET url = url + 1000',
  'UPDATE urls SET hash_high = 9223372036854775807',
  'UPDATE urls SET depth = 9223372036854775807',
];

/** Reads everything that a ledger has. */
async function readAll({ rows, links, job, archived }: Ledger): Promise<void> {
  for await (const page of rows.all()) {
    const ids = page.map(({ id }) => id);
    await links.of(ids);
    await rows.mentions(ids);
    for (const id of ids) for (const read of [rows.attempts, links.referrer, rows.removedAt]) await read(id);
  }
  const lists = [links.lists(), links.redirects(), links.bad(), archived.earlier(), archived.payloads(0, 10)];
  for (const list of [...lists, job.sitemaps(), job.hosts()]) await allOf<unknown>(list);
  await rows.find('http://a.test/1');
  for (const read of [rows.askedByHost, archived.ends, job.runs, job.identity, job.counts, job.sums]) await read();
}

test('openLedger: whatever a database says, it is read, or a JobError names it', async () => {
  let refused = 0;
  for (const [at, statement] of CRAFTED.entries()) {
    const location = join(folder, `${at}.db`);
    copyFileSync(made, location);
    const db = new DatabaseSync(location);
    db.exec(statement);
    db.close();
    try {
      const ledger = openLedger(location);
      try {
        await readAll(ledger);
      } finally {
        await ledger.close();
      }
    } catch (error) {
      refused += 1;
      assert.ok(error instanceof JobError && error.code === 'unreadable', `${statement}: ${String(error)}`);
      assert.ok(error.message.startsWith(`${location} cannot be read: `), error.message);
      assert.doesNotMatch(error.message, /store:|undefined|NaN|\n/);
    }
  }
  assert.ok(refused >= 20, `${refused} were refused`);
});

test('openStore: whatever a database says, a crawl goes on with it, or ends with an error of ours', async () => {
  for (const [at, statement] of [...CRAFTED, ...QUEUED].entries()) {
    const location = join(folder, `w${at}.db`);
    copyFileSync(made, location);
    const db = new DatabaseSync(location);
    db.exec(statement);
    db.close();
    try {
      const { frontier } = await openStore(location, { identity: IDENTITY, now: NOW });
      try {
        const again = await frontier.lease(10, NOW, FREE);
        await settle(frontier, ...again.map((lease) => ended(lease)));
      } finally {
        await frontier.close();
      }
    } catch (error) {
      assert.ok(error instanceof GossamerError, `${statement}: ${(error as Error).stack}`);
      assert.doesNotMatch(error.message, /store:|undefined|NaN|\n/);
    }
  }
});
