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
