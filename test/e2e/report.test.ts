// `report` and `--fail-on` as users type them, over a real server whose titles and URLs mean harm.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Verdict } from '../../src/views/report/quality-gate.ts';
import type { Report } from '../../src/views/report/report.ts';
import { gossamer, severally } from '../helpers/gossamer.ts';
import { type Site, serveSite } from '../helpers/site.ts';

const PAGES: Readonly<Record<string, string>> = {
  '/': '<a href=/a>a</a><a href=/missing>m</a><a href=/r1>r</a>',
  '/a': '<a href=/missing>m</a><a href="/?x|y`<b>&#x9b;31m">p</a><a href=/err>e</a><a href=/weird>w</a>',
};
const REDIRECTS: Readonly<Record<string, string>> = { '/r1': '/r2', '/r2': '/missing' };

const folder = mkdtempSync(join(tmpdir(), 'gossamer-report-'));
const job = join(folder, 'job');
let site: Site;

before(async () => {
  site = await serveSite((path, response) => {
    const to = REDIRECTS[path];
    if (path === '/err') {
      response.destroy();
      return;
    }
    if (path === '/weird') response.setHeader('content-type', 'text/a|`<b>@you');
    if (to !== undefined) response.writeHead(302, { location: to });
    else if (PAGES[path] !== undefined) response.setHeader('content-type', 'text/html');
    else if (path !== '/weird') response.statusCode = 404;
    response.end(PAGES[path] ?? '');
  });
});
after(async () => {
  await site[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

test('crawl --fail-on: exit 10 and a sentence where a crawl that finished has such URLs', async () => {
  const crawl = ['crawl', site.root, '-o', job, '--retries', '0', '-q', '--no-sitemaps'];
  const run = await gossamer([...crawl, '--fail-on', 'broken', '--fail-on', '5xx,404']);
  assert.deepEqual(
    [run.code, run.stderr.replaceAll(site.root, '/').split('\n').sort()],
    [
      10,
      [
        '',
        '  404  /?x|y`%3Cb%3E%9B31m',
        '  404  /missing',
        '  404  /r1',
        '  reset  /err',
        'gossamer: --fail-on: broken (4 URLs), 404 (2 URLs).',
      ],
    ],
  );
  // Again: it is finished, and still as it is.
  assert.equal((await gossamer([...crawl, '--fail-on', '5xx'])).code, 0);
  const limited = await gossamer([
    'crawl',
    site.root,
    '-o',
    join(folder, 'few'),
    '--limit',
    '1',
    '-q',
    '--fail-on',
    '4xx',
  ]);
  assert.equal(limited.code, 16);
  const unfinished = await gossamer(['report', join(folder, 'few')]);
  assert.match(unfinished.stdout, /^Unfinished: the URL limit is reached\.\n/);
  const accepting = await gossamer([...crawl, '--fail-on', 'broken,4xx,reset', '--accept', '404']);
  const one = `gossamer: --fail-on: broken (1 URL), reset (1 URL).\n  reset  ${site.root}err\n`;
  assert.deepEqual([accepting.code, accepting.stderr], [10, one]);
  const set = { GOSSAMER_ACCEPT: '404,999', GOSSAMER_FAIL_ON: '4xx,999' };
  assert.equal((await gossamer(['report', job], set)).code, 0);
  const refused = await gossamer(['report', job, '--accept', 'forbidden']);
  assert.deepEqual([refused.code, refused.stdout], [2, '']);
  assert.match(refused.stderr, /^gossamer: --accept: "forbidden" is neither .*\n$/);
  for (const command of [crawl, [...crawl, '--dry-run'], ['report', job]]) {
    const wrong = await gossamer([...command, '--fail-on', 'borken']);
    assert.deepEqual([wrong.code, wrong.stdout], [2, '']);
    assert.match(wrong.stderr, /^gossamer: --fail-on: "borken" is not one of .*\n$/);
  }
  assert.equal((await gossamer(['crawl', site.root, '--store', 'memory:', '--fail-on', '4xx'])).code, 2);
  const strays = await severally([
    [...crawl, '--fail-on', 'broken', '5xx'],
    ['crawl', '--accept', '403', '999', site.root],
    ['report', '--accept', '403', '4XX'],
    ['report', '--fail-on', '404', 'broken'],
  ]);
  assert.equal(strays.stdout, '');
  const told = [...strays.stderr.matchAll(/^gossamer: "\w+" stands alone: .* as in (.*)\.\n= \w+ 2\n/gm)];
  assert.deepEqual(
    told.map(([, example]) => example),
    ['broken,5xx', '403,999', '403,4XX', '404,broken'],
    strays.stderr,
  );
});

test('report: what is broken and where, and nothing that a terminal obeys', async () => {
  const { code, stdout } = await gossamer(['report', job]);
  assert.equal(code, 0);
  assert.doesNotMatch(stdout.replaceAll('\n', ''), /\p{Cc}/u);
  const text = stdout.replaceAll(site.root, '/');
  assert.match(text, /\n {2}status {3}200 3, 302 2, 404 2\n/);
  assert.match(text, /\nBroken links: 4 URLs, linked 5 times\n {2}404 {6}\/missing\n {11}on \/\n {11}on \/a\n/);
  assert.match(text, /\n {2}404 {6}\/r1\n {11}redirects to \/missing\n {11}on \/\n/);
  assert.match(text, /\nRedirects: 2, 1 chain of several hops\n {2}\/r1\n {4}-> \/r2\n {4}-> \/missing\n/);
});

test('report --json: one document; --fail-on looks at a job that is there', async () => {
  const { code, stdout } = await gossamer(['report', job, '--json', '--fail-on', 'reset']);
  assert.equal(code, 10);
  const report = JSON.parse(stdout) as Report;
  const culprits = [{ url: `${site.root}err`, why: 'reset' }];
  const failed = [{ condition: 'reset', total: 1, urls: culprits }];
  assert.deepEqual((report as Report & { gate: Verdict }).gate, { passed: false, failOn: ['reset'], failed });
  assert.deepEqual(report.statuses, { 200: 3, 302: 2, 404: 2 });
  assert.deepEqual(report.errors, { reset: 1 });
  assert.deepEqual(
    report.broken.urls.map(({ url, links }) => [url.slice(site.root.length - 1), links]),
    [
      ['/missing', 2],
      ['/?x|y`%3Cb%3E%9B31m', 1],
      ['/err', 1],
      ['/r1', 1],
    ],
  );
  const urls = ['r1', 'r2', 'missing'].map((path) => site.root + path);
  assert.deepEqual(report.redirects.chains, [{ hops: 2, urls }]);
});

test('report --markdown: nothing from the web is markup', async () => {
  const { code, stdout } = await gossamer(['report', job, '--markdown']);
  assert.equal(code, 0);
  for (const line of stdout.split('\n')) {
    const outside = line.replace(/`[^`]*`/g, '').replaceAll('<br>', '');
    assert.doesNotMatch(outside, /[`<>@]|http/, line);
    if (!line.startsWith('|')) continue;
    assert.equal(line.replace(/`[^`]*`/g, '').split('|').length, line.split('|').length, line);
  }
  assert.match(stdout, /\| 404 \| `\S+\/missing` \| 2 \| `\S+\/`<br>`\S+\/a` \|/);
  assert.equal((await gossamer(['report', job, '--markdown', '--json'])).code, 2);
});
