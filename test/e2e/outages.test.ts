// A server that goes away for a while loses no URL: whole crawls against one that refuses, resets, hangs, or cuts its
// bodies.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { Row, Summary } from '../../src/base/contracts.ts';
import { allOf } from '../../src/base/paged.ts';
import { openLedger } from '../../src/store/sqlite/store.ts';
import { serveFrailSite, type Trouble } from '../helpers/frail-site.ts';
import { gossamer } from '../helpers/gossamer.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-outages-'));
after(() => rmSync(home, { recursive: true }));
let jobs = 0;
const newJob = (): string => {
  jobs += 1;
  return join(home, String(jobs));
};

interface Crawled extends Summary {
  readonly code: number | null;
}

async function crawl(...args: string[]): Promise<Crawled> {
  const { code, stdout, stderr } = await gossamer(['crawl', ...args, '--json', '-q']);
  assert.notEqual(stdout, '', stderr);
  return { ...(JSON.parse(stdout) as Summary), code };
}

async function rowsOf(job: string): Promise<Row[]> {
  const ledger = openLedger(join(job, 'gossamer.db'));
  const rows = await allOf(ledger.rows.all());
  await ledger.close();
  return rows;
}

/** Whole means: every URL had its response, and no try was spent on what was not its fault. */
async function assertWhole(job: string, { code, urls, state }: Crawled, pages: number): Promise<void> {
  assert.deepEqual([code, state, urls.failed, urls.queued, urls.done], [0, 'finished', 0, 0, pages + 1]);
  for (const { url, status, truncated, tries } of await rowsOf(job)) {
    assert.deepEqual([url, status, truncated, tries], [url, 200, null, 1]);
  }
}

// They wait, and do not work: all at once.
describe('outages', { concurrency: true }, () => {
  test('crawl: a port that is shut for 50 ms in the midst of 800 pages fails nothing', async () => {
    await using site = await serveFrailSite(800);
    let outage: Promise<void> | null = null;
    site.onRequest = (count) => {
      if (count === 300) outage = site.fail('shut', 50);
    };
    const job = newJob();
    const crawled = await crawl(site.root, '-o', job);
    await outage;
    await assertWhole(job, crawled, 800);
  });

  const TROUBLES: readonly (readonly [trouble: Trouble, ms: number])[] = [
    ['shut', 2_500],
    ['resets', 2_500],
    ['hangs', 5_000],
  ];
  for (const [trouble, ms] of TROUBLES) {
    test(`crawl: with --retries 0 a server in trouble for ${ms} ms fails nothing: ${trouble}`, async () => {
      await using site = await serveFrailSite(300);
      let outage: Promise<void> | null = null;
      site.onRequest = (count) => {
        if (count === 100) outage = site.fail(trouble, ms);
      };
      const job = newJob();
      const crawled = await crawl(site.root, '-o', job, '--retries', '0', '--timeout', '3s', '--no-adapt');
      await outage;
      await assertWhole(job, crawled, 300);
    });
  }

  test('crawl: with --retries 0 a server that dies in the midst of twenty bodies loses none of them', async () => {
    await using site = await serveFrailSite(300);
    site.onRequest = (count) => {
      if (count === 100) site.cut(20);
    };
    const job = newJob();
    await assertWhole(job, await crawl(site.root, '-o', job, '--retries', '0'), 300);
  });

  test('crawl: a robots.txt and a sitemap that are asked for while the server is away are waited for', async () => {
    await using site = await serveFrailSite(3);
    let outage: Promise<void> | null = null;
    site.onRequest = (_, path) => {
      if (path === '/sitemap.xml' && outage === null) outage = site.fail('resets', 1_500);
    };
    const job = newJob();
    await assertWhole(job, await crawl(site.root, '-o', job, '--retries', '0'), 3);
    await outage;
    assert.ok(site.log.filter(({ path }) => path === '/sitemap.xml').length > 1);
  });

  test('crawl: a host that is away for longer than we are patient is left for another run, which knows it', async () => {
    await using site = await serveFrailSite(50);
    site.onRequest = (count) => {
      if (count === 20) void site.be('shut');
    };
    const job = newJob();
    const left = await crawl(site.root, '-o', job, '--host-patience', '2s');
    assert.deepEqual([left.code, left.stoppedBy, left.urls.failed], [12, 'held', 0]);
    assert.ok(left.urls.queued > 0);
    site.onRequest = () => {};
    const again = await crawl(site.root, '-o', job, '--host-patience', '2s');
    assert.deepEqual(
      [again.code, again.stoppedBy, again.urls],
      [12, 'held', left.urls],
      'it has answered in an earlier run',
    );
    await site.be('well');
    const last = await crawl(site.root, '-o', job);
    await assertWhole(job, last, 50);
  });

  test('crawl: a URL that always breaks off is asked four times and failed, and no other waits for it', async () => {
    await using site = await serveFrailSite(30, ['/p7']);
    const job = newJob();
    const { code, urls } = await crawl(site.root, '-o', job, '--no-sitemaps');
    assert.deepEqual([code, urls.done, urls.failed], [0, 30, 1]);
    const [failed] = (await rowsOf(job)).filter(({ state }) => state === 'failed');
    assert.deepEqual([failed?.error, failed?.tries], ['reset', 4]);
    // On a connection that was used before, each may go out once more: the server may have closed it for its age.
    const asked = site.log.filter(({ path }) => path === '/p7').length;
    assert.ok(asked >= 4 && asked <= 8, String(asked));
  });

  test('crawl: a host that has never answered is given up within seconds, with its code', async () => {
    const site = await serveFrailSite(1);
    await site[Symbol.asyncDispose]();
    const job = newJob();
    const { code, urls, elapsedMs } = await crawl(site.root, '-o', job);
    assert.deepEqual([code, urls.done, urls.failed], [1, 0, 1]);
    assert.deepEqual(
      (await rowsOf(job)).map(({ error }) => error),
      ['refused'],
    );
    assert.ok(elapsedMs < 120_000);
  });
});
