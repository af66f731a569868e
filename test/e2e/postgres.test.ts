// Crawls whose store is in PostgreSQL, from the first page to every view, beside the same crawl in SQLite.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { createLine } from '../../src/store/postgres/line.ts';
import { databasePlace } from '../../src/store/postgres/place.ts';
import { comparable } from '../helpers/comparable.ts';
import { severally, startGossamer } from '../helpers/gossamer.ts';
import { jobFolders } from '../helpers/job-folders.ts';
import { serveOddSite } from '../helpers/odd-site.ts';
import { NO_POSTGRES, startPostgres, type TestDatabase } from '../helpers/postgres.ts';

const newFolder = jobFolders('postgres');
const PAGES = 60;

async function done(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await startGossamer(args).finished;
  assert.equal(code, 0, `${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

if (NO_POSTGRES !== false) {
  test('postgres: a crawl and its views', { skip: NO_POSTGRES }, () => {});
} else {
  const database = await startPostgres();
  after(() => database[Symbol.asyncDispose]());
  tests(database);
}

function tests({ url }: TestDatabase): void {
  test('postgres: a crawl and every view of it are the same as on SQLite', async () => {
    await using site = await serveOddSite(PAGES);
    const [there, here] = [newFolder(), newFolder()];
    const store = ['--store', url];
    const pace = ['-c', '1', '--host-concurrency', '1', '--quiet'];
    await done('crawl', site.root, '-o', here, ...pace);
    await done('crawl', site.root, '-o', there, ...pace, ...store);
    assert.ok(!existsSync(join(there, 'gossamer.db')), 'there is no database in the folder');

    const exported = comparable(await done('export', 'jsonl', '--links', there, '--quiet', ...store));
    assert.ok(exported.length > PAGES);
    assert.deepEqual(exported, comparable(await done('export', 'jsonl', '--links', here, '--quiet')));
    const [status, expected] = await Promise.all([
      done('status', there, '--json', ...store),
      done('status', here, '--json'),
    ]);
    assert.deepEqual(JSON.parse(status).urls, JSON.parse(expected).urls);
    assert.equal(JSON.parse(status).state, 'finished');
    const reports = [await done('report', there, '--json', ...store), await done('report', here, '--json')];
    const [broken, others] = reports.map((text) => JSON.parse(text));
    assert.deepEqual(broken.broken, others.broken);
    const lists = async (...words: string[]): Promise<string> =>
      (await done('report', ...words, '--html')).replace(/^[\s\S]*?(?=<section id)|<section id="slowest">[\s\S]*/g, '');
    const page = await lists(here);
    assert.match(page, /<section id="broken">/);
    assert.equal(await lists(there, ...store), page);
    assert.match(await done('why', `${site.root}gone`, there, ...store), /done, status 404[\s\S]*found/);
    const views = ['csv', 'parquet', 'mirror', 'sitemap'].map((name) => [
      'export',
      name,
      there,
      '-o',
      `${there}-${name}`,
    ]);
    const { stderr } = await severally([...views, ['verify', there]].map((words) => [...words, ...store]));
    assert.deepEqual(stderr.match(/^= .*/gm), [...Array(4).fill('= export 0'), '= verify 0']);

    const again = await done('crawl', site.root, '-o', there, ...store);
    assert.match(again, /already finished/);
    assert.match(again, /the same --store/);
    const joined = await done('work', '--job', basename(there), '-o', there, ...store);
    assert.match(joined, /^This job was already finished\.\n {2}done /);
    assert.ok(!again.includes(url), 'the address is not printed');
  });

  test('demo --workers: two workers share a job, and its lines fit a terminal', async () => {
    const { code, stdout, stderr } = await startGossamer(['demo', '--workers', '2'], { DATABASE_URL: url }).finished;
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^(?:worker-[12]: \d+ pages?\n){2}All of them ended by themselves/);
    const long = `${stderr}${stdout}`.split('\n').filter((line) => line.length > 80);
    assert.deepEqual(long, []);
  });

  test('postgres: retry and remove change the job, and the next run goes on', async () => {
    await using site = await serveOddSite(PAGES);
    const folder = newFolder();
    const store = ['--store', url];
    await done('crawl', site.root, '-o', folder, '-q', ...store);
    const before = JSON.parse(await done('status', folder, '--json', ...store)).urls;
    const dry = JSON.parse(await done('retry', folder, '--status', '404', '--dry-run', '--json', ...store));
    assert.equal(dry.urls, 1);
    await done('retry', folder, '--status', '404', '--reason', 'robots', '-q', ...store);
    const waiting = JSON.parse(await done('status', folder, '--json', ...store)).urls;
    assert.equal(waiting.queued, 2);
    await done('crawl', site.root, '-o', folder, '-q', ...store);
    assert.deepEqual(JSON.parse(await done('status', folder, '--json', ...store)).urls, before);
    assert.match(await done('why', `${site.root}gone`, folder, ...store), /queued again/);
    await done('remove', `${site.root}copy1`, folder, '-q', ...store);
    assert.match(await done('why', `${site.root}copy1`, folder, ...store), /taken down/);
    await done('verify', folder, ...store);
  });

  test('postgres: what cannot be is refused in one sentence, and nothing is written', async () => {
    await using site = await serveOddSite(PAGES);
    const [folder, other, newer] = [newFolder(), newFolder(), newFolder()];
    await done('crawl', site.root, '-o', other, '-q', '--store', url);
    await done('crawl', site.root, '-o', newer, '-q', '--store', url);
    const database = createLine(databasePlace(url, basename(newer)));
    await database.ask(`UPDATE "gossamer:${basename(newer)}".version SET steps = 99`);
    await database.ask("CREATE ROLE guarded LOGIN PASSWORD 'another'");
    await database.close();
    const as = (user: string): string => url.replace('gossamer@', `${user}:s3cret@`);
    const crawling = (store: string, ...more: string[]): string[] => [
      'crawl',
      site.root,
      '--store',
      store,
      '-o',
      ...more,
    ];
    const cases: readonly (readonly [code: number, says: RegExp, args: readonly string[]])[] = [
      [2, /there is no such database/, crawling(as('gossamer').replace('/postgres?', '/nowhere?'), folder)],
      [2, /refused the user or the password/, crawling(as('guarded'), folder)],
      [2, /refused the user or the password/, crawling(as('nobody'), folder)],
      [3, /could not be reached/, crawling('postgres://somebody:s3cret@127.0.0.1:1/db', folder)],
      [2, /There is no job in/, ['status', folder, '--store', url]],
      [2, /--scope was host and is now site/, crawling(url, other, '--scope', 'site')],
      [2, /made by a newer gossamer \(version 99/, crawling(url, newer)],
      [2, /made by a newer gossamer \(version 99/, ['status', newer, '--store', url]],
      [2, /is not sqlite:, memory: or postgres/, crawling('mysql://u:s3cret@h/d', folder)],
    ];
    const { stderr } = await severally(cases.map(([, , args]) => args));
    const told = stderr.trim().split(/^= \w+ (\d+)\n?/m);
    for (const [at, [code, says, args]] of cases.entries()) {
      const [text, ended] = told.slice(2 * at, 2 * at + 2) as [string, string];
      assert.equal(Number(ended), code, `${args.join(' ')}\n${text}`);
      assert.match(text, says);
      assert.equal(text.trim().split('\n').length, 1, text);
    }
    assert.ok(!stderr.includes('s3cret'), stderr);
    assert.ok(!existsSync(folder), 'nothing was made');
    const nameless = await startGossamer(crawling('postgres:', folder), { DATABASE_URL: '' }).finished;
    assert.deepEqual([nameless.code, /DATABASE_URL, which is not set/.test(nameless.stderr)], [2, true]);
    const byName = await startGossamer(['status', other, '--json', '--store', 'postgres:'], { DATABASE_URL: url })
      .finished;
    assert.equal(byName.code, 0, byName.stderr);
    const bySetting = await startGossamer(['status', other, '--json'], { GOSSAMER_STORE: url }).finished;
    assert.equal(bySetting.code, 0, bySetting.stderr);
  });
}
