import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ended, FREE, found, IDENTITY, NOW, RESPONSE, settle } from '../../test/contract/store.ts';
import type { Settlement } from '../base/contracts.ts';
import { BROKEN_LISTED_MAX, REFERRERS_LISTED_MAX } from '../base/limits.ts';
import { openStore, type Store } from '../store/store.ts';
import { conditionsOf, heldAgainst } from './quality-gate.ts';
import { reportOf } from './report.ts';

const ROOT = 'http://a.test/';
const url = (path: string): string => new URL(path, ROOT).href;

/** What a page of the made site is: its links, its status, where it redirects, how it failed. */
type Made = {
  readonly links?: readonly string[];
  readonly status?: number;
  readonly to?: string;
} & Partial<Pick<Settlement, 'error' | 'elapsedMs' | 'reason'>>;

/** Settles the root and whatever it leads to, as the table says; what is not in it is a page without links. */
async function crawled(site: Readonly<Record<string, Made>>): Promise<Store> {
  const store = await openStore(':memory:', { identity: IDENTITY, now: NOW });
  await store.frontier.add([found(ROOT)]);
  for (;;) {
    const leases = await store.frontier.lease(100, NOW, FREE);
    if (leases.length === 0) return store;
    for (const lease of leases) {
      const {
        links = [],
        status = 200,
        to,
        error = null,
        reason = null,
        elapsedMs = 12,
      } = site[lease.url.slice(13)] ?? {};
      const response = { ...RESPONSE, status, bytes: elapsedMs * 10 };
      const one = {
        state: reason !== null ? 'skipped' : error === null ? 'done' : 'failed',
        reason,
        error,
        elapsedMs,
        response: error === null && reason === null ? response : null,
        links: links.map((path) => found(url(path), { depth: lease.depth + 1 })),
        redirect: to === undefined ? null : found(url(to), { depth: lease.depth, hops: lease.hops + 1 }),
      } as const;
      await settle(store.frontier, ended(lease, one));
    }
  }
}

const SITE: Readonly<Record<string, Made>> = {
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
  const { broken } = reportOf('job', (await crawled(SITE)).ledger, NOW);
  const told = broken.urls.map(({ url, status, error, redirectsTo, links, referrers }) => {
    return [
      url.slice(13),
      status ?? error,
      redirectsTo?.slice(13) ?? null,
      links,
      referrers.map((page) => page.slice(13)),
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
  const report = reportOf('job', (await crawled(SITE)).ledger, NOW);
  assert.deepEqual(report.statuses, { 200: 3, 301: 2, 302: 3, 404: 1 });
  assert.deepEqual(
    [report.errors, report.skipped, report.hosts],
    [{ reset: 1 }, { robots: 1 }, { 'http://a.test': 11 }],
  );
  assert.deepEqual(report.types, { 'text/html': { urls: 3, bytes: 9240 } });
  const paths = (chains: readonly (readonly string[])[]): string[] =>
    chains.map((chain) => chain.map((each) => each.slice(13)).join());
  assert.deepEqual(report.redirects.total, 5);
  assert.deepEqual(paths(report.redirects.chains), ['/r1,/r2,/gone']);
  assert.deepEqual(paths(report.redirects.loops), ['/round,/round2,/round']);
  assert.deepEqual(report.slowest[0], { url: url('/a'), status: 200, elapsedMs: 900, bytes: 9000 });
  assert.deepEqual(report.largest[0], report.slowest[0]);
  assert.equal(report.summary.state, 'finished');
});

test('reportOf: of very many a bounded number is listed, and all are counted', async () => {
  const pages = Array.from({ length: 30 }, (_, page) => `/page/${page}`);
  const missing = Array.from({ length: BROKEN_LISTED_MAX + 50 }, (_, page) => `/missing/${page}`);
  const site: Record<string, Made> = { '/': { links: pages } };
  for (const page of pages) site[page] = { links: missing };
  for (const [n, page] of missing.entries()) site[page] = { status: 410, elapsedMs: n };
  const { broken, slowest } = reportOf('job', (await crawled(site)).ledger, NOW);
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
  const report = reportOf('job', (await crawled(SITE)).ledger, NOW);
  const held = (...given: string[]) => heldAgainst(report, conditionsOf(given));
  assert.deepEqual(held('broken,failed', '4xx', '404,reset'), [
    ['broken', 4],
    ['failed', 1],
    ['4xx', 1],
    ['404', 1],
    ['reset', 1],
  ]);
  assert.deepEqual(held('5xx', '410', 'idle-timeout'), []);
  for (const wrong of ['', '6xx', '40', 'borken', '4XX', 'broken,']) {
    assert.throws(() => conditionsOf([wrong]), /--fail-on: ".*" is none of broken/, wrong);
  }
});
