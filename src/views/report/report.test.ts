import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NOW } from '../../../test/contract/store-samples.ts';
import { MADE_ROOT, type MadeSite, madeJob, pathOf } from '../../../test/helpers/made-job.ts';
import { ERROR_CODES } from '../../base/errors.ts';
import { BROKEN_LISTED_MAX, REFERRERS_LISTED_MAX } from '../../base/limits.ts';
import { acceptedOf } from './accepted.ts';
import { conditionsOf, heldAgainst, verdictOf } from './quality-gate.ts';
import type { RedirectChain } from './redirects.ts';
import { reportOf } from './report.ts';

const SITE: MadeSite = {
  '/': { links: ['/a', '/gone', '/r1', '/round', '/moved', '/private'] },
  '/a': { links: ['/gone', '/dead', '/r1'], elapsedMs: 900 },
  '/gone': { status: 404 },
  '/dead': { error: 'reset' },
  '/r1': { status: 302, to: '/r2' },
  '/r2': { status: 301, to: '/gone' },
  '/round': { status: 302, to: '/round2' },
  '/round2': { status: 302, to: '/round' },
  '/moved': { status: 301, to: '/ok' },
  '/private': { reason: 'robots' },
};

test('reportOf: broken links with the pages that have them, through redirects and in circles', async () => {
  const { broken } = await reportOf('job', (await madeJob(SITE)).ledger, NOW);
  const told = broken.urls.map(({ url, status, error, redirectsTo, links, referrers }) => {
    return [
      pathOf(url),
      status ?? error,
      redirectsTo === null ? null : pathOf(redirectsTo),
      links,
      referrers.map(pathOf),
    ];
  });
  assert.deepEqual(told, [
    ['/gone', 404, null, 2, ['/', '/a']],
    ['/r1', 404, '/gone', 2, ['/', '/a']],
    ['/dead', 'reset', null, 1, ['/a']],
    ['/round', 'redirect-loop', '/round2', 1, ['/']],
  ]);
  assert.deepEqual([broken.total, broken.links], [4, 6]);
});

test('reportOf: counts, redirects, and the slowest and largest first', async () => {
  const report = await reportOf('job', (await madeJob(SITE)).ledger, NOW);
  assert.deepEqual(report.statuses, { 200: 3, 301: 2, 302: 3, 404: 1 });
  assert.deepEqual(
    [report.errors, report.skipped, report.hosts],
    [{ reset: 1 }, { robots: 1 }, { 'http://a.test': 11 }],
  );
  assert.deepEqual(report.types, { 'text/html': { urls: 3, bytes: 9240 } });
  const paths = (chains: readonly RedirectChain[]): string[] => chains.map(({ urls }) => urls.map(pathOf).join());
  assert.deepEqual(report.redirects.total, 5);
  assert.deepEqual(paths(report.redirects.chains), ['/r1,/r2,/gone']);
  assert.deepEqual(paths(report.redirects.loops), ['/round,/round2,/round']);
  assert.deepEqual(report.slowest[0], {
    ...{ url: new URL('/a', MADE_ROOT).href, title: 'A page' },
    ...{ status: 200, elapsedMs: 900, bytes: 9000 },
  });
  assert.deepEqual(report.largest[0], report.slowest[0]);
  assert.equal(report.summary.state, 'finished');
});

test('reportOf: of very many a bounded number is listed, and all are counted', async () => {
  const pages = Array.from({ length: 30 }, (_, page) => `/page/${page}`);
  const missing = Array.from({ length: BROKEN_LISTED_MAX + 50 }, (_, page) => `/missing/${page}`);
  const site: Record<string, MadeSite[string]> = { '/': { links: pages } };
  for (const page of pages) site[page] = { links: missing };
  for (const [n, page] of missing.entries()) site[page] = { status: 410, elapsedMs: n };
  const { broken, slowest } = await reportOf('job', (await madeJob(site)).ledger, NOW);
  assert.deepEqual([broken.total, broken.links], [missing.length, missing.length * pages.length]);
  assert.equal(broken.urls.length, BROKEN_LISTED_MAX);
  assert.deepEqual([broken.urls[0]!.links, broken.urls[0]!.referrers.length], [30, REFERRERS_LISTED_MAX]);
  const longest = Array.from({ length: 10 }, (_, at) => missing.length - 1 - at);
  assert.deepEqual(
    slowest.map(({ elapsedMs }) => elapsedMs),
    longest,
  );
});

test('heldAgainst: what holds, with how many URLs; conditionsOf: what is a condition', async () => {
  const report = await reportOf('job', (await madeJob(SITE)).ledger, NOW);
  const held = (...given: string[]) => heldAgainst(report, conditionsOf(given));
  assert.deepEqual(held('broken,failed', '4xx', '404,reset'), [
    ['broken', 4],
    ['failed', 1],
    ['4xx', 1],
    ['404', 1],
    ['reset', 1],
  ]);
  assert.deepEqual(held('5xx', '410', 'idle-timeout'), []);
  for (const typed of ['broken, 4XX,Reset', ' broken 4xx reset ', 'broken,4xx,,reset,'])
    assert.deepEqual(conditionsOf([typed]), ['broken', '4xx', 'reset'], typed);
  for (const wrong of ['', '0xx', '40', '099', '1000', 'borken', '4x', ',', 'broken;4xx']) {
    assert.throws(() => conditionsOf([wrong]), /--fail-on: ".*" is not one of broken, bad-url/, wrong);
  }
});

test('verdictOf: each condition that holds has as many URLs as it is about, and why', async () => {
  const all = [
    'broken',
    'bad-url',
    'sitemap',
    'failed',
    '2xx',
    '3xx',
    '4xx',
    '5xx',
    '9xx',
    '404',
    '403',
    '999',
    ...ERROR_CODES,
  ];
  for (const site of [SITE, ODD, { '/': { error: 'redirect-loop' } } as const]) {
    const { ledger } = await madeJob(site);
    for (const accepted of [[], ['403', '999']]) {
      const report = await reportOf('job', ledger, NOW, accepted);
      const verdict = await verdictOf(report, ledger, conditionsOf(all));
      assert.deepEqual(verdict.failOn, all);
      assert.deepEqual(
        verdict.failed.map(({ condition, total }) => [condition, total]),
        heldAgainst(report, all),
      );
      for (const { condition, total, urls } of verdict.failed) {
        assert.equal(new Set(urls.map(({ url }) => url)).size, total, condition);
        for (const { why } of urls) {
          if (condition.endsWith('xx')) assert.equal(why[0], condition[0]);
          else if (!['broken', 'failed'].includes(condition)) assert.equal(why, condition);
        }
      }
    }
    const clean = await verdictOf(await reportOf('job', ledger, NOW), ledger, ['disconnect']);
    assert.deepEqual(clean, { passed: true, failOn: ['disconnect'], failed: [] });
  }
});

test('heldAgainst: circles of redirects, and errors that say so themselves', async () => {
  const held = async (site: MadeSite) => {
    const report = await reportOf('job', (await madeJob(site)).ledger, NOW);
    return [report.broken.total, heldAgainst(report, conditionsOf(['redirect-loop']))];
  };
  assert.deepEqual(await held(SITE), [4, [['redirect-loop', 2]]]);
  assert.deepEqual(await held({ '/': { links: ['/a'] }, '/a': { error: 'redirect-loop' } }), [
    1,
    [['redirect-loop', 1]],
  ]);
  // No page links to the redirect of the root, but one URL of each loop is always listed.
  assert.deepEqual(await held({ '/': { status: 302, to: '/b' }, '/b': { status: 302, to: '/' } }), [
    1,
    [['redirect-loop', 2]],
  ]);
  const led = { '/': { status: 302, to: '/b' }, '/b': { status: 302, to: '/c' }, '/c': { status: 302, to: '/b' } };
  assert.deepEqual(await held(led), [1, [['redirect-loop', 2]]]);
  assert.deepEqual(await held({ '/': { status: 302, to: '/b' } }), [0, []]);
});

const ODD: MadeSite = {
  '/': { links: ['/bot', '/ban', '/gone', '/moved', '/down'] },
  '/bot': { status: 999 },
  '/ban': { status: 403 },
  '/gone': { status: 404 },
  '/moved': { status: 301, to: '/ban' },
  '/down': { status: 520 },
};

test('reportOf, heldAgainst: statuses above 599 are statuses, and those that are accepted are not broken', async () => {
  const { ledger } = await madeJob(ODD);
  const told = async (...accept: string[]) => {
    const report = await reportOf('job', ledger, NOW, acceptedOf(accept));
    const held = heldAgainst(report, conditionsOf(['broken,4xx,5xx,9xx,999,403,520']));
    return [report.broken.urls.map(({ url }) => pathOf(url)).sort(), held.map((pair) => pair.join(' '))];
  };
  const named = ['999 1', '403 1', '520 1'];
  assert.deepEqual(await told(), [
    ['/ban', '/bot', '/down', '/gone', '/moved'],
    ['broken 5', '4xx 2', '5xx 1', '9xx 1', ...named],
  ]);
  assert.deepEqual(await told('403,999'), [
    ['/down', '/gone'],
    ['broken 2', '4xx 1', '5xx 1', ...named],
  ]);
  assert.deepEqual(await told('4xx', ' 520'), [['/bot'], ['broken 1', '9xx 1', ...named]]);
  assert.deepEqual(await told('4xx', '5xx,9xx'), [[], named]);
  assert.deepEqual(await told('4XX 5xx, 9XX,'), [[], named]);
  for (const wrong of ['', 'broken', '40', 'xx', '200..299', '403;404']) {
    assert.throws(() => acceptedOf([wrong]), /--accept: ".*" is neither a status/, wrong);
  }
});
