// A crawl and everything that is made of it, on a store each of whose answers comes a turn later and in pages of seven:
// nobody may count on an answer at once, and what comes of it is the same.

import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import type { Contents } from '../../src/base/contents.ts';
import type { Ledger } from '../../src/base/contracts.ts';
import { allOf } from '../../src/base/paged.ts';
import { startCrawl } from '../../src/job/assemble.ts';
import { openJob } from '../../src/job/job.ts';
import { contentsOf, holdingsOf } from '../../src/job/open-contents.ts';
import { retryJob } from '../../src/job/retry.ts';
import { takeDown } from '../../src/job/takedown.ts';
import { SYSTEM, type World } from '../../src/job/world.ts';
import { resolveOptions } from '../../src/options/options.ts';
import { exportMarkdown } from '../../src/views/markdown/markdown.ts';
import { exportMirror } from '../../src/views/mirror/mirror.ts';
import { verdictOf } from '../../src/views/report/quality-gate.ts';
import { reportOf } from '../../src/views/report/report.ts';
import { urlStory } from '../../src/views/report/url-story.ts';
import { exportSitemap } from '../../src/views/sitemap/sitemap.ts';
import { exportCsv } from '../../src/views/tables/csv.ts';
import { exportJsonl } from '../../src/views/tables/jsonl.ts';
import { exportParquet } from '../../src/views/tables/parquet.ts';
import { lostRows } from '../../src/views/verify/lost.ts';
import { verify } from '../../src/views/verify/verify.ts';
import { exportWacz } from '../../src/views/wacz/wacz.ts';
import { jobFolders, reading } from '../helpers/job-folders.ts';
import { lateLedger, lateLocation } from '../helpers/late-store.ts';
import { serveOddSite } from '../helpers/odd-site.ts';
import { serveSite } from '../helpers/site.ts';

const newFolder = jobFolders('late');
const PAGES = 40;
const NOW = 1_700_000_000_000;

/** Every file of a folder by its name. */
function filesIn(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  const paths = names.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return new Map(paths.map((path) => [path.slice(folder.length), readFileSync(path, 'latin1')]));
}

async function written(write: (out: PassThrough) => Promise<unknown>): Promise<string> {
  const out = new PassThrough();
  const bytes = buffer(out);
  await write(out);
  out.end();
  return (await bytes).toString('latin1');
}

async function inFolder(write: (folder: string) => Promise<unknown>): Promise<Map<string, string>> {
  const folder = newFolder();
  mkdirSync(folder);
  await write(folder);
  return filesIn(folder);
}

const LATE_WORLD: World = { ...SYSTEM, openJob: (options, clock) => openJob(options, clock, lateLocation) };

type View = (ledger: Ledger, contents: Contents, job: string) => Promise<unknown>;

const judge = () => ({ allowed: true, line: 0, text: '' });
const VIEWS: Readonly<Record<string, View>> = {
  jsonl: (ledger) => written((out) => exportJsonl(ledger, { links: true }, out)),
  csv: (ledger) => written((out) => exportCsv(ledger, out)),
  parquet: (ledger) => written((out) => exportParquet(ledger, out)),
  wacz: (ledger, contents, folder) =>
    written((out) =>
      exportWacz(ledger, contents, { holdings: holdingsOf(folder, ledger), software: 'gossamer', now: NOW }, out),
    ),
  mirror: (ledger, contents) => inFolder((folder) => exportMirror(ledger, contents, folder)),
  markdown: (ledger, contents) => inFolder((folder) => exportMarkdown(ledger, contents, folder)),
  sitemap: (ledger, contents) => inFolder((folder) => exportSitemap(ledger, contents, folder)),
  async report(ledger, _, job) {
    const report = await reportOf(job, ledger, NOW);
    return [report, await verdictOf(report, ledger, ['broken', '4xx', 'failed', 'redirect-loop', 'bad-url'])];
  },
  async why(ledger, contents) {
    const stories = [];
    for (const { url } of await allOf(ledger.rows.all())) stories.push(await urlStory(ledger, contents, url, judge));
    return stories;
  },
  verify: (ledger, _, job) => verify(holdingsOf(job, ledger), ledger),
  lost: (ledger, contents, job) => lostRows(holdingsOf(job, ledger), ledger, contents),
};

/** What became of each URL, in an order that does not depend on which answer came first. */
function fates(job: string, root: string): Promise<string[]> {
  return reading(job, async (ledger) => {
    const rows = await allOf(ledger.rows.all());
    return rows.map((row) => [row.url.slice(root.length), row.state, row.status, row.reason].join(' ')).sort();
  });
}

test('a late store: a crawl ends as on any other, every view is the same, and retry and remove go on with it', async () => {
  await using site = await serveOddSite(PAGES);
  const [late, plain] = [newFolder(), newFolder()];
  const crawlOn = async (output: string, world = SYSTEM): Promise<void> => {
    const options = resolveOptions({ roots: site.root, output, concurrency: 4 });
    const { state, urls } = await (await startCrawl(options, {}, world)).summary;
    assert.deepEqual([state, urls.queued, urls.leased], ['finished', 0, 0]);
  };
  await crawlOn(late, LATE_WORLD);
  await crawlOn(plain);
  const expected = await fates(plain, site.root);
  assert.ok(expected.length > PAGES);
  assert.deepEqual(await fates(late, site.root), expected);

  await reading(late, async (ledger) => {
    const slow = lateLedger(ledger);
    for (const [name, view] of Object.entries(VIEWS)) {
      const made = await view(slow, contentsOf(holdingsOf(late, slow), slow), late);
      assert.deepEqual(made, await view(ledger, contentsOf(holdingsOf(late, ledger), ledger), late), name);
    }
    assert.equal((await verify(holdingsOf(late, slow), slow)).faultCount, 0);
  });

  const wanted = { reasons: [], errors: [], statuses: [[404, 404] as const], urls: [`${site.root}5`], lost: false };
  const find = (ledger: Ledger, url: string) => ledger.rows.find(url);
  const retried = await retryJob(late, wanted, find, systemClock, false, lateLocation);
  assert.deepEqual(
    retried.matched.map(([, urls]) => urls),
    [2],
  );
  await crawlOn(late, LATE_WORLD);
  const removed = await takeDown(
    late,
    `${site.root}copy1`,
    (ledger) => find(ledger, `${site.root}copy1`),
    systemClock,
    lateLocation,
  );
  assert.equal(removed.row?.state, 'done');
  assert.equal((await reading(late, (ledger) => verify(holdingsOf(late, ledger), ledger))).faultCount, 0);
});

test('a late store: traps that the user has queued again are asked for with the room of their host, and no more', async () => {
  const traps = Array.from({ length: 8 }, (_, at) => `${'/a'.repeat(8)}/${at}`);
  let inFlight = 0;
  let most = 0;
  await using site = await serveSite((path, response) => {
    response.setHeader('content-type', 'text/html');
    inFlight += 1;
    most = Math.max(most, inFlight);
    const links = path === '/' ? traps.map((href) => `<a href="${href}">x</a>`).join('') : '';
    setTimeout(() => {
      inFlight -= 1;
      response.end(`<title>${path}</title>${links}`);
    }, 5);
  });
  const output = newFolder();
  const options = { roots: site.root, output, hostConcurrency: 1, adapt: false, sitemaps: false };
  const done = async (): Promise<number> =>
    (await (await startCrawl(resolveOptions(options), {}, LATE_WORLD)).summary).urls.done;
  assert.equal(await done(), 1);
  const wanted = { reasons: ['trap' as const], errors: [], statuses: [], urls: [], lost: false };
  await retryJob(output, wanted, (ledger, url) => ledger.rows.find(url), systemClock, false, lateLocation);
  assert.equal(await done(), 1 + traps.length);
  assert.equal(most, 1);
});
