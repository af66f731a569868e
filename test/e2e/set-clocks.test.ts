// A clock that is set while a crawl runs, or between two runs of it, makes no wait longer or shorter.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { allOf } from '../../src/base/paged.ts';
import { openLedger } from '../../src/store/sqlite/store.ts';
import { startGossamer } from '../helpers/gossamer.ts';
import { type Answer, serveSite } from '../helpers/site.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const PRELOAD = `--import=${new URL('../helpers/set-clock.ts', import.meta.url).href}`;
const home = mkdtempSync(join(tmpdir(), 'gossamer-clocks-'));
after(() => rmSync(home, { recursive: true }));

/** A crawl whose clock is wrong by `fromMs`, and is set by `byMs` when it is told to. */
function start(job: string, root: string, fromMs: number, byMs: number, ...more: string[]) {
  const env = { NODE_OPTIONS: PRELOAD, CLOCK_FROM_MS: String(fromMs), CLOCK_BY_MS: String(byMs) };
  const crawl = startGossamer(['crawl', root, '-o', job, '--json', '--no-sitemaps', ...more], env);
  return { ...crawl, setClock: (): void => void crawl.child.kill('SIGUSR2') };
}

/** Pages in a row, each linking to the next; the second asks once to wait for `waitS`. `sentAt` is when it did. */
function waitingSite(pages: number, waitS: number): { answer: Answer; sentAt: () => number; askedAt: () => number } {
  let sentAt = 0;
  let askedAt = 0;
  const answer: Answer = (path, response) => {
    const page = Number(path.slice(1));
    if (page === 1 && sentAt > 0) askedAt ||= systemClock.now();
    if (page === 1 && sentAt === 0) {
      sentAt = systemClock.now();
      response.writeHead(429, { 'retry-after': String(waitS) });
      response.end();
      return;
    }
    response.setHeader('content-type', 'text/html');
    response.end(page + 1 < pages ? `<a href="/${page + 1}">next</a>` : '');
  };
  return { answer, sentAt: () => sentAt, askedAt: () => askedAt };
}

// They wait, and do not work: all at once.
describe('clocks', { concurrency: true }, () => {
  for (const byMs of [-DAY_MS, HOUR_MS]) {
    const way = `${Math.abs(byMs) / HOUR_MS} h ${byMs < 0 ? 'back' : 'forward'}`;

    test(`crawl: Retry-After is kept, and no longer, where the clock is set ${way}`, { timeout: 120_000 }, async () => {
      const { answer, sentAt, askedAt } = waitingSite(4, 3);
      await using site = await serveSite(answer);
      const job = join(home, `held ${way}`);
      const crawl = start(job, `${site.root}0`, 0, byMs);
      await untilHeld(job);
      crawl.setClock();
      const { code, stderr, stdout } = await crawl.finished;
      assert.equal(code, 0, stderr);
      assert.ok(askedAt() - sentAt() >= 3_000, `asked after ${askedAt() - sentAt()} ms`);
      assert.equal(JSON.parse(stdout).urls.done, 4);
      assert.ok(JSON.parse(stdout).elapsedMs < HOUR_MS);
    });

    test(`crawl: requests keep their distance where the clock is set ${way}`, { timeout: 120_000 }, async () => {
      const { answer } = waitingSite(10, 0);
      await using site = await serveSite(answer);
      const begunAt = systemClock.now();
      const crawl = start(join(home, `spaced ${way}`), `${site.root}0`, 0, byMs, '--delay', '400');
      let lastAt = 0;
      site.onRequest = ({ path }) => {
        lastAt = systemClock.now();
        if (path === '/3' || path === '/6') crawl.setClock();
      };
      const { code, stderr } = await crawl.finished;
      assert.equal(code, 0, stderr);
      // robots.txt, ten pages, and one of them twice.
      assert.ok(lastAt - begunAt >= 11 * 400, `twelve requests within ${lastAt - begunAt} ms`);
    });

    test(`crawl: a hold is as long as it was where the clock is set ${way} before the next run`, {
      timeout: 120_000,
    }, async () => {
      const { answer, sentAt, askedAt } = waitingSite(3, 6);
      await using site = await serveSite(answer);
      const job = join(home, `stored ${way}`);
      const first = start(job, `${site.root}0`, 0, 0);
      await untilHeld(job);
      first.child.kill('SIGKILL');
      await once(first.child, 'exit');
      const { code, stdout, stderr } = await start(job, `${site.root}0`, byMs, 0).finished;
      assert.equal(code, 0, stderr);
      assert.ok(askedAt() - sentAt() >= 6_000, `asked after ${askedAt() - sentAt()} ms`);
      assert.equal(JSON.parse(stdout).urls.done, 3);
    });
  }
});

/** Resolves once the store has a hold. */
async function untilHeld(job: string): Promise<void> {
  for (;;) {
    await new Promise<void>((resolve) => void systemClock.after(50, resolve));
    if (await isHeld(job)) return;
  }
}

async function isHeld(job: string): Promise<boolean> {
  try {
    const ledger = openLedger(join(job, 'gossamer.db'));
    const held = (await allOf(ledger.job.hosts())).some(({ heldUntil }) => (heldUntil ?? 0) > 0);
    await ledger.close();
    return held;
  } catch {
    // It is not there yet.
    return false;
  }
}
