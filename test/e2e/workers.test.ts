// Several processes on one job in PostgreSQL: what they leave is what one process in SQLite leaves, and the servers see
// one polite crawler.

import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { after, describe, test } from 'node:test';
import { createLine } from '../../src/store/postgres/line.ts';
import { databasePlace, quotedName } from '../../src/store/postgres/place.ts';
import { type Started, startGossamer } from '../helpers/gossamer.ts';
import { jobFolders } from '../helpers/job-folders.ts';
import { type LinkedHosts, leastGapMs, serveLinkedHosts } from '../helpers/linked-hosts.ts';
import { missingLoopback } from '../helpers/loopback.ts';
import { NO_POSTGRES, startPostgres, type TestDatabase } from '../helpers/postgres.ts';

const newFolder = jobFolders('workers');
const HOSTS = 8;
const PAGES = 80;
const DELAY_MS = 400;
/** How much longer the way of one request to its server may be than that of the next one, on a busy machine. */
const WAY_MS = 300;
const LEASE = '2s';
/** How long answers take until all workers are there. */
const SLOW_MS = 3_000;

/** Rows in an order and without what differs from run to run. */
function comparable(jsonl: string): string[] {
  const rows = jsonl.trim().split('\n');
  return rows
    .map((line) => {
      const { fetchedAt, elapsedMs, remoteAddress, archive, ...row } = JSON.parse(line);
      return JSON.stringify({ ...row, isArchived: archive !== null });
    })
    .sort();
}

async function done(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await startGossamer(args).finished;
  assert.equal(code, 0, `${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

const skip = NO_POSTGRES || (await missingLoopback('127.0.2.1'));
if (skip !== false) {
  test('workers: several processes on one job', { skip }, () => {});
} else {
  const database = await startPostgres();
  after(() => database[Symbol.asyncDispose]());
  // Most of the time they wait for servers and leases.
  describe('workers of one job', { concurrency: 2 }, () => tests(database));
}

function tests({ url }: TestDatabase): void {
  const store = ['--store', url];
  const pace = ['--scope', 'any', '--allow-private', '--json', '--log-level', 'debug'];
  const crawling = (site: LinkedHosts, folder: string, worker: string): Started =>
    startGossamer([
      ...['crawl', site.root, '-o', folder, '--worker', worker, '--lease', LEASE, '--delay', String(DELAY_MS)],
      ...pace,
      ...store,
    ]);
  const working = (folder: string, worker: string): Started =>
    startGossamer(['work', '-o', folder, '--worker', worker, '--lease', LEASE, '--json', ...store]);
  /** Two workers that begin a job at the same time. Answers take long until both have hosts. */
  const bothAtWork = async (site: LinkedHosts, folder: string): Promise<[Started, Started]> => {
    site.answerMs = SLOW_MS;
    const both: [Started, Started] = [crawling(site, folder, 'one'), crawling(site, folder, 'two')];
    await shared(folder, 2, ...both);
    return both;
  };
  const hasten = (site: LinkedHosts): void => {
    site.answerMs = 0;
  };
  /** Resolves when so many workers have hosts. Rejects if one of these ends before. */
  const shared = async (folder: string, count: number, ...workers: Started[]): Promise<void> => {
    const place = databasePlace(url, basename(folder));
    const line = createLine(place);
    const sql = `SELECT count(*) FROM ${quotedName(place.schema)}.workers, pg_sleep(0.05)
      WHERE hosts > 0 AND ended_at IS NULL AND lost_at IS NULL`;
    const have = async (): Promise<number> => (await line.ask(sql)).rows[0]![0] as number;
    let ended = '';
    for (const { finished } of workers) void finished.then(({ code, stderr }) => (ended ||= `${code} ${stderr}`));
    // The job is still being made.
    while ((await have().catch(() => 0)) < count) assert.equal(ended, '', 'a worker ended too soon');
    await line.close();
  };
  /** What must be true of a job that is over, whatever became of its workers. */
  const judged = async (site: LinkedHosts, folder: string): Promise<void> => {
    const here = newFolder();
    const gapMs = leastGapMs(site.log);
    assert.ok(gapMs >= DELAY_MS - WAY_MS, `the least time between two requests of a host was ${gapMs} ms`);
    assert.equal(Math.max(...site.log.map(({ open }) => open)), 1, 'one request of a host at a time');
    await done('crawl', site.root, '-o', here, ...pace);
    const rows = comparable(await done('export', 'jsonl', '--links', folder, '-q', ...store));
    assert.deepEqual(rows, comparable(await done('export', 'jsonl', '--links', here, '-q')));
    await done('verify', folder, ...store);
  };

  test('workers: two of them leave what one leaves, and end by themselves with the same summary', async () => {
    await using site = await serveLinkedHosts({ hosts: HOSTS, pages: PAGES });
    const folder = newFolder();
    const [one, two] = await bothAtWork(site, folder);
    const status = JSON.parse(await done('status', folder, '--json', ...store));
    assert.deepEqual(status.workers.map(({ name }: { name: string }) => name).sort(), ['one', 'two']);
    hasten(site);
    const ended = await Promise.all([one.finished, two.finished]);
    assert.deepEqual(
      ended.map(({ code }) => code),
      [0, 0],
      ended.map(({ stderr }) => stderr).join(''),
    );
    assert.equal(ended[0].stdout, ended[1].stdout);
    assert.equal(JSON.parse(ended[0].stdout).urls.done, PAGES);
    assert.equal(site.log.length, PAGES + HOSTS + 2, 'each page, each robots.txt and two sitemaps were asked for once');
    await judged(site, folder);
  });

  test('workers: one that is killed loses its hosts to another, and one that is asked to end gives them back', async () => {
    await using site = await serveLinkedHosts({ hosts: HOSTS, pages: PAGES });
    const folder = newFolder();
    const [one, two] = await bothAtWork(site, folder);
    one.child.kill('SIGKILL');
    const three = working(folder, 'three');
    await shared(folder, 2, two, three);
    two.child.kill('SIGTERM');
    assert.equal((await two.finished).code, 11);
    hasten(site);
    const { code, stderr } = await three.finished;
    assert.equal(code, 0, stderr);
    await judged(site, folder);
  });

  test('workers: limits hold over all of them', async () => {
    await using site = await serveLinkedHosts({ hosts: HOSTS, pages: PAGES, delayMs: 50 });
    const [few, evenly] = [newFolder(), newFolder()];
    const both = (folder: string, ...limit: string[]) =>
      Promise.all(
        ['one', 'two'].map((name) => {
          const who = ['--worker', name, '--lease', LEASE, '--no-sitemaps'];
          return startGossamer(['crawl', site.root, '-o', folder, ...limit, ...who, ...pace, ...store]).finished;
        }),
      );
    const pages = (): number => site.log.filter(({ path }) => path !== '/robots.txt').length;
    const limited = await both(few, '--limit', '50');
    assert.equal(pages(), 50, limited.map(({ stderr }) => stderr).join(''));
    assert.ok(
      limited.every(({ code }) => code === 16),
      limited.map(({ code }) => code).join(),
    );
    const spread = await both(evenly, '--host-limit', '5');
    assert.ok(
      spread.every(({ code }) => code === 0),
      spread.map(({ stderr }) => stderr).join(''),
    );
    const { urls } = JSON.parse(await done('status', evenly, '--json', ...store));
    assert.equal(pages() - 50, urls.done);
    assert.ok(urls.done <= 5 * HOSTS, `${urls.done} pages of ${HOSTS} hosts`);
  });

  test('workers: what one does that was stopped past its lease is refused, and it goes on', async () => {
    await using site = await serveLinkedHosts({ hosts: HOSTS, pages: PAGES });
    const folder = newFolder();
    const [one, two] = await bothAtWork(site, folder);
    one.child.kill('SIGSTOP');
    const place = databasePlace(url, basename(folder));
    const line = createLine(place);
    const sql = `SELECT lost_at IS NOT NULL FROM ${quotedName(place.schema)}.workers, pg_sleep(0.05) WHERE name = 'one'`;
    while ((await line.ask(sql)).rows[0]![0] !== true);
    await line.close();
    one.child.kill('SIGCONT');
    hasten(site);
    const ended = await Promise.all([one.finished, two.finished]);
    assert.deepEqual(
      ended.map(({ code }) => code),
      [0, 0],
      ended.map(({ stderr }) => stderr).join(''),
    );
    await judged(site, folder);
  });
}
