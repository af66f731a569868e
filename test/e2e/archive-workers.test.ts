// Workers on PostgreSQL, each with a folder of its own as on machines of their own, put their files under one prefix.

import assert from 'node:assert/strict';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gossamer } from '../helpers/gossamer.ts';
import { NO_POSTGRES, startPostgres } from '../helpers/postgres.ts';
import { serveS3 } from '../helpers/s3-server.ts';
import { makeLinks, pagesAnswer, type Site, serveSite } from '../helpers/site.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-workers-'));
after(() => rmSync(home, { recursive: true }));

const PAGES = 30;
const SITES = 3;

test('--archive: workers with folders of their own, and any of them reads all', { skip: NO_POSTGRES }, async () => {
  await using database = await startPostgres();
  await using s3 = await serveS3();
  const sites: Site[] = [];
  for (let at = 0; at < SITES; at += 1) sites.push(await serveSite(pagesAnswer(makeLinks(at, PAGES, 4))));
  await using stack = new AsyncDisposableStack();
  for (const site of sites) stack.use(site);
  const { environment } = s3;
  const store = ['--store', database.url];
  const jobs = ['one', 'two'].map((name) => join(home, name, 'job'));
  const roots = sites.map(({ root }) => root);
  const crawl = (job: string) =>
    gossamer(['crawl', ...roots, '-o', job, '--no-adapt', '--archive', `s3://${s3.bucket}/all`, ...store], environment);
  await Promise.all(jobs.map(crawl));
  // Whoever ends first may leave something to the others. The last run finds all that is left.
  const { code, stdout, stderr } = await crawl(jobs[0]!);
  assert.equal(code, 0, stdout + stderr);
  for (const job of jobs) {
    const { code, stdout, stderr } = await gossamer(['verify', job, '--json', ...store], environment);
    assert.equal(code, 0, stdout + stderr);
    assert.deepEqual([JSON.parse(stdout).archived, JSON.parse(stdout).lost], [SITES * PAGES, 0]);
    assert.deepEqual(globSync(join(job, 'archive/*')), []);
  }
  assert.ok(s3.objects.size >= 1);
});

test('archive: files of a machine that is gone are told once for each worker, and the rest is read', {
  skip: NO_POSTGRES,
}, async () => {
  await using database = await startPostgres();
  await using site = await serveSite(pagesAnswer(makeLinks(7, PAGES, 4)));
  const store = ['--store', database.url];
  const [gone, here] = ['gone', 'here'].map((name) => join(home, name, 'elsewhere')) as [string, string];
  const crawl = (job: string, worker: string, ...more: string[]) =>
    gossamer(['crawl', site.root, '-o', job, '--worker', worker, ...more, ...store]);
  const first = await crawl(gone, 'one', '--limit', '10');
  assert.equal(first.code, 16, first.stdout + first.stderr);
  const second = await crawl(here, 'two', '--limit', '1000');
  assert.equal(second.code, 0, second.stdout + second.stderr);
  rmSync(gone, { recursive: true });
  const sentence = /^.*1 archive file of worker one, on machine .*, is not here: copy its archive folder.*$/gm;
  for (const [code, ...words] of [
    [1, 'verify', here],
    [0, 'why', site.root, here],
    [1, 'export', 'markdown', here, '-o', join(home, 'pages')],
    [1, 'export', 'wacz', here, '-o', join(home, 'job.wacz')],
  ] as const) {
    const ended = await gossamer([...words, ...store]);
    const said = ended.stdout + ended.stderr;
    assert.equal(ended.code, code, said);
    assert.equal(said.match(sentence)?.length, 1, said);
  }
  assert.ok(globSync(join(home, 'pages/**/*.md')).length >= PAGES - 10, 'the rest is there');
});
