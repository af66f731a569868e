// Traps in whole crawls: what is set aside has its reason, can be asked for again, and the user is told while it runs.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { allOf } from '../../src/base/paged.ts';
import { gossamer } from '../helpers/gossamer.ts';
import { reading } from '../helpers/job-folders.ts';
import { type Answer, serveSite } from '../helpers/site.ts';
import { REAL_PAGES } from '../hostile/trap-pages.ts';
import { trapSites } from '../hostile/trap-site.ts';
import type { Site as Pages } from '../hostile/trap-walk.ts';

const folder = mkdtempSync(join(tmpdir(), 'gossamer-traps-'));
after(() => rmSync(folder, { recursive: true }));

const SITES = trapSites(7);

function answering(pages: Pages): Answer {
  return (path, response) => {
    const body = pages(path);
    response.writeHead(body === null ? 404 : 200, { 'content-type': 'text/html' }).end(body ?? 'Nothing here.');
  };
}

async function serve(name: string) {
  const { site, missing } = SITES.find((each) => each.name === name)!;
  const server = await serveSite(answering(site));
  return { server, missing: () => missing(new Set(server.log.map(({ path }) => path))) };
}

const CRAWL = ['--no-adapt', '--no-sitemaps', '--no-archive', '-c', '32'];

for (const name of ['months in the query', 'facets in the query', 'a session in each link', 'babble of known words']) {
  test(`crawl: ${name}: it ends, with every real page`, async () => {
    const { server, missing } = await serve(name);
    await using site = server;
    const run = await gossamer([
      'crawl',
      site.root,
      '-o',
      join(folder, name),
      ...CRAWL,
      '--limit',
      String(REAL_PAGES + 1_000),
    ]);
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stderr, /Set aside as a trap \(--no-traps requests such pages too\): http/);
    assert.deepEqual(missing(), []);
  });
}

test('crawl: why names the template and the evidence, report counts, and retry asks for them all the same', async () => {
  const { server } = await serve('a relative link');
  await using site = server;
  const job = join(folder, 'retry');
  await gossamer(['crawl', site.root, '-o', job, ...CRAWL]);
  const aside = await reading(job, async (ledger) =>
    (await allOf(ledger.rows.all({ state: 'skipped' }))).filter(({ reason }) => reason === 'trap'),
  );
  assert.equal(aside.length, 1);
  const [{ url, detail }] = aside as [(typeof aside)[0]];
  assert.equal(detail, `${site.root.slice(0, -1)}: its path repeats /more`);
  assert.match((await gossamer(['why', url, job])).stdout, /skipped: trap\n.*\n? *detail .*its path repeats \/more/);
  const { traps } = JSON.parse((await gossamer(['report', job, '--json'])).stdout);
  assert.deepEqual(traps, { urls: 1, traps: [{ trap: detail, urls: 1, example: url }] });
  assert.match(
    (await gossamer(['report', job])).stdout,
    /Traps: 1 URL skipped.*\n +1 +http\S+: its path repeats \/more\n/,
  );

  assert.match((await gossamer(['retry', job, '--reason', 'trap'])).stdout, /1 URL is queued again/);
  site.log.length = 0;
  const again = await gossamer(['crawl', site.root, '-o', job, ...CRAWL]);
  assert.equal(again.code, 0, again.stderr);
  assert.deepEqual(
    site.log.map(({ path }) => path).filter((path) => path !== '/robots.txt'),
    [new URL(url).pathname],
  );
  const after = await reading(job, async (ledger) =>
    (await allOf(ledger.rows.all())).filter((row) => row.reason === 'trap').map((row) => row.url),
  );
  assert.deepEqual(after, [`${url}more/`]);
});

test('crawl: a run that goes on learns again what the one before had learnt', async () => {
  const { server, missing } = await serve('babble of known words');
  await using site = server;
  const job = join(folder, 'again');
  const limited = (limit: number) => gossamer(['crawl', site.root, '-o', job, ...CRAWL, '--limit', String(limit)]);
  assert.equal((await limited(300)).code, 16);
  const end = await limited(REAL_PAGES + 1_000);
  assert.equal(end.code, 0, end.stderr);
  assert.deepEqual(missing(), []);
});

test('crawl --no-traps: everything is asked for', async () => {
  const { server } = await serve('a relative link');
  await using site = server;
  const run = await gossamer(['crawl', site.root, '-o', join(folder, 'all'), ...CRAWL, '--no-traps', '--limit', '300']);
  assert.equal(run.code, 16, run.stderr);
  assert.doesNotMatch(run.stderr, /trap/);
});

test('crawl: a page of status 200 that is the page of its host for what is not there is flagged, and done', async () => {
  const lost = (path: string): string =>
    `<title>Oh no</title><h1>Not found</h1><p>There is nothing at ${path}, we are sorry. Try to search.</p>`;
  await using site = await serveSite((path, response) => {
    const links = '<a href="/gone">1</a>';
    const status = path === '/gone' ? 404 : 200;
    const body =
      path === '/'
        ? `<title>Home</title>${links}<a href="/later">3</a>`
        : path === '/later'
          ? '<title>Oh no</title><p>A page with its own words, of much the same length as the other one is.</p><a href="/lost">2</a>'
          : lost(path);
    response.writeHead(status, { 'content-type': 'text/html' }).end(body);
  });
  const job = join(folder, 'soft');
  await gossamer(['crawl', site.root, '-o', job, '--no-archive', '--no-sitemaps', '-c', '1']);
  const said = await reading(job, async (ledger) =>
    (await allOf(ledger.rows.all())).map(({ url, state, detail }) => [new URL(url).pathname, state, detail]),
  );
  assert.deepEqual(said, [
    ['/', 'done', null],
    ['/gone', 'done', null],
    ['/later', 'done', null],
    ['/lost', 'done', 'it looks like the page that its host gives with status 404 (soft 404)'],
  ]);
});
