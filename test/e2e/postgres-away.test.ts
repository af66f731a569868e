// A database that goes away while a crawl is at work or an export reads, and what no command holds while it waits.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { createLine, type Line } from '../../src/store/postgres/line.ts';
import { databasePlace } from '../../src/store/postgres/place.ts';
import { openPostgresLedger } from '../../src/store/postgres/store.ts';
import { serveFrailSite } from '../helpers/frail-site.ts';
import { makeFullJob } from '../helpers/full-job.ts';
import { type Started, severally, startGossamer } from '../helpers/gossamer.ts';
import { jobFolders } from '../helpers/job-folders.ts';
import { NO_POSTGRES, startPostgres, type TestDatabase } from '../helpers/postgres.ts';

const newFolder = jobFolders('away');
const PAGES = 200;
/** The export of so many rows does not fit into a pipe. */
const ROWS = 4_000;

/** Resolves when the process has printed a line on stderr that matches. */
function said({ child }: Started, pattern: RegExp): Promise<void> {
  return new Promise((resolve) => {
    let text = '';
    child.stderr!.on('data', (bytes) => {
      text += bytes;
      if (pattern.test(text)) resolve();
    });
  });
}

/** Resolves when the condition holds; each look asks the server. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await systemClock.turn();
}

if (NO_POSTGRES !== false) {
  test('postgres: a database that goes away, for whole commands', { skip: NO_POSTGRES }, () => {});
} else {
  const database = await startPostgres();
  after(() => database[Symbol.asyncDispose]());
  tests(database);
}

function tests(database: TestDatabase): void {
  const store = ['--store', database.url];
  const rowsOf = async (folder: string): Promise<{ status: number; tries: number }[]> => {
    const { stdout, code, stderr } = await startGossamer(['export', 'jsonl', folder, '-q', ...store]).finished;
    assert.equal(code, 0, stderr);
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  };
  const assertWhole = async (folder: string): Promise<void> => {
    const rows = await rowsOf(folder);
    assert.equal(rows.length, PAGES + 1);
    for (const { status, tries } of rows) assert.deepEqual([status, tries], [200, 1]);
  };

  test('postgres: a crawl says once that the database is away, and goes on when it is back; no try is spent', async () => {
    await using site = await serveFrailSite(PAGES);
    const folder = newFolder();
    let killed: Promise<void> | null = null;
    site.onRequest = (count) => {
      if (count === PAGES / 2) killed = database.kill();
    };
    const crawl = startGossamer(['crawl', site.root, '-o', folder, '--no-sitemaps', ...store]);
    await said(crawl, /waits for the database/);
    await killed;
    await database.start();
    const { code, stderr } = await crawl.finished;
    assert.equal(code, 0, stderr);
    const [name] = readdirSync(join(folder, 'logs'));
    const log = readFileSync(join(folder, 'logs', name!), 'utf8');
    assert.equal(log.match(/"event":"waiting".*the database/g)?.length, 1, log);
    await assertWhole(folder);
  });

  test('postgres: after --db-patience a crawl ends with exit code 3, and the same command goes on', async () => {
    await using site = await serveFrailSite(PAGES);
    const folder = newFolder();
    let stopped: Promise<void> | null = null;
    site.onRequest = (count) => {
      if (count === PAGES / 2) stopped = database.stop();
    };
    const command = ['crawl', site.root, '-o', folder, '--no-sitemaps', '--db-patience', '1ms', '--json', ...store];
    const { code, stdout, stderr } = await startGossamer(command).finished;
    assert.equal(code, 3, stderr);
    assert.match(
      stderr,
      /gossamer: the job's database could not be (written|read): the database does not answer; run again to go on\n$/,
    );
    assert.equal(JSON.parse(stdout).stoppedBy, 'database');
    await stopped;
    const away = await startGossamer(command).finished;
    assert.equal(away.code, 3, away.stderr);
    assert.match(away.stderr, /could not be reached/);
    await database.start();
    const again = await startGossamer(command).finished;
    assert.equal(again.code, 0, again.stderr);
    await assertWhole(folder);
  });

  test('postgres: an export that is not read holds no transaction; without its server it ends with exit code 3', async () => {
    const folder = newFolder();
    await fill(folder);
    const exporting = startGossamer(['export', 'jsonl', folder, '-q', ...store]);
    const { stdout } = exporting.child;
    // Its first rows are here, and the others wait in the pipe.
    await once(stdout!, 'data');
    stdout!.pause();
    const line = createLine(databasePlace(database.url, 'x'));
    await until(() => isIdle(line));
    await line.close();
    await database.kill();
    stdout!.resume();
    const { code, stderr } = await exporting.finished;
    assert.equal(code, 3, stderr);
    assert.match(stderr, /^gossamer: .* could not be read: the database does not answer; run again to go on\n$/);
    await database.start();
  });

  test('postgres: a reader between two pages holds nothing, and does not notice that the server was restarted', async () => {
    const folder = newFolder();
    await fill(folder);
    const ledger = await openPostgresLedger(databasePlace(database.url, basename(folder)));
    let rows = 0;
    let pages = 0;
    for await (const page of ledger.rows.all()) {
      rows += page.length;
      pages += 1;
      if (pages !== 2) continue;
      const line = createLine(databasePlace(database.url, 'x'));
      assert.ok(await isIdle(line));
      await line.close();
      await database.stop();
      await database.start();
    }
    assert.equal(rows, ROWS + 16);
    await ledger.close();
  });

  test('postgres: a crawl that waits for a server has no transaction open', async () => {
    await using site = await serveFrailSite(PAGES);
    const folder = newFolder();
    let hangs: Promise<void> | null = null;
    site.onRequest = (count) => {
      if (count === PAGES / 2) hangs = site.be('hangs');
    };
    const crawl = startGossamer(['crawl', site.root, '-o', folder, '--no-sitemaps', '-q', ...store]);
    const line = createLine(databasePlace(database.url, 'x'));
    await until(async () => hangs !== null && (await isIdle(line)));
    await line.close();
    crawl.child.kill('SIGKILL');
    await crawl.finished;
  });

  async function fill(folder: string): Promise<void> {
    mkdirSync(folder);
    await makeFullJob(join(folder, 'gossamer.db'), ROWS);
    const { stderr } = await severally([['move', folder, '-q', ...store]]);
    assert.match(stderr, /= move 0/);
  }
}

/** Other processes are connected, and none of them has a transaction or a snapshot. */
async function isIdle({ ask }: Line): Promise<boolean> {
  const { rows } = await ask(`SELECT count(*), count(xact_start), count(backend_xmin), count(backend_xid)
    FROM pg_stat_activity WHERE application_name = 'gossamer' AND pid <> pg_backend_pid()`);
  const [all, ...busy] = rows[0] as number[];
  return all! > 0 && busy.every((count) => count === 0);
}
