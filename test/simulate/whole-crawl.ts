// A whole crawl of a simulated world: the real heart, gate, commits, admission, sitemaps, parser and store in memory, on a virtual
// clock. An event is called only when everything that the one before it set off has come to rest.

import { createAdmission } from '../../src/admission.ts';
import { noArchive } from '../../src/archive/none.ts';
import { makeParser } from '../../src/assemble.ts';
import type { JobIdentity, StoppedBy } from '../../src/base/contracts.ts';
import { createCommits } from '../../src/commits.ts';
import { type Crawl, crawl } from '../../src/crawl.ts';
import { createGate } from '../../src/gate.ts';
import type { GateConfig } from '../../src/host-state.ts';
import { type CrawlOptions, resolveOptions } from '../../src/options.ts';
import { createSitemapReader } from '../../src/parse/lists.ts';
import { createSitemaps, guessesOf, NO_SITEMAPS } from '../../src/sitemaps.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { createBases, joinUrl } from '../../src/url/join.ts';
import { writtenKeyOfJob } from '../../src/url/key.ts';
import { createScope } from '../../src/url/scope.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';
import { createWeb, type Web } from './web.ts';
import type { CrawlPlan, World } from './world.ts';

export interface CrawlResult {
  readonly web: Web;
  readonly store: Store;
  readonly stoppedBy: StoppedBy;
  /** Wall milliseconds at which each run began. */
  readonly startedAt: readonly number[];
  readonly elapsedMs: number;
}

/** No crawl of these worlds takes as many; one that does never ends. */
const EVENTS_MAX = 200_000;
const GRACE_MS = 5_000;
const PAUSE_MS = 3_000;

/** Runs it to its end. Rejects where it does not end. The caller closes the store's frontier. */
export async function crawlWorld(world: World): Promise<CrawlResult> {
  const clock = createVirtualClock();
  const begin = clock.now();
  const web = createWeb(world, clock);
  const options = optionsOf(world);
  const store = await openStore(':memory:', { identity: identityOf(options), now: begin, clock, seed: [1, 2] });
  const startedAt = [begin];
  let heart = await startHeart({ clock, web, options, store, plan: world.rules, resumed: false });
  const { interruptedAtMs } = world.rules;
  if (interruptedAtMs !== null) {
    const first = heart;
    clock.after(interruptedAtMs, () => first.interrupt());
    await toTheEnd(clock, first.heart);
    if (first.heart.figures.stoppedBy === 'interrupt') {
      // Time goes by before the user comes back.
      let isBack = false;
      clock.after(PAUSE_MS, () => {
        isBack = true;
      });
      while (!isBack) clock.step();
      startedAt.push(clock.now());
      heart = await startHeart({ clock, web, options, store, plan: world.rules, resumed: true });
      await toTheEnd(clock, heart.heart);
    }
  } else await toTheEnd(clock, heart.heart);
  const { stoppedBy } = heart.heart.figures;
  return { web, store, stoppedBy, startedAt, elapsedMs: clock.now() - begin };
}

interface Started {
  readonly heart: Crawl;
  readonly interrupt: () => void;
}

interface HeartParts {
  readonly clock: VirtualClock;
  readonly web: Web;
  readonly options: CrawlOptions;
  readonly store: Store;
  readonly plan: CrawlPlan;
  readonly resumed: boolean;
}

async function startHeart({ clock, web, options, store, plan, resumed }: HeartParts): Promise<Started> {
  const { frontier, ledger, sitemaps: list } = store;
  const { fetch } = web;
  const abort = new AbortController();
  const admission = createAdmission({
    ...options,
    keyOf: writtenKeyOfJob(ledger.identity()),
    hasCredentials: false,
    scope: createScope(options),
  });
  if (!resumed) await frontier.add(admission.roots(options.roots));
  const asked = new Map(ledger.askedByHost());
  const gate = createGate(gateConfig(options, asked, resumed), ledger.hosts(), clock, frontier.hold);
  const outcomesMax = Math.max(1, Math.min(100, plan.concurrency >> 1));
  const commits = createCommits(frontier, clock, { outcomesMax, ageMaxMs: 20 });
  const guesses = plan.sitemaps ? guessesOf(options.roots) : [];
  if (!resumed) await list.add(guesses);
  const shared = { frontier, commits, gate, admission, fetch, fetchAside: fetch, clock, signal: abort.signal };
  const reader = { list, readSitemap: createSitemapReader(joinTo), wake: () => heart.wake() };
  const sitemaps = plan.sitemaps ? createSitemaps({ ...shared, ...reader }, guesses, plan.retries) : NO_SITEMAPS;
  const askedBefore = [...asked.values()].reduce((sum, urls) => sum + urls, 0);
  const heart: Crawl = crawl(
    {
      ...shared,
      sitemaps,
      spool: () => null,
      parse: makeParser(),
      archive: noArchive,
      isPressed: () => false,
      onPage: () => {},
    },
    {
      concurrency: plan.concurrency,
      retriesMax: plan.retries,
      newUrlsMax: plan.limit === null ? Number.POSITIVE_INFINITY : Math.max(0, plan.limit - askedBefore),
      bytesMax: Number.POSITIVE_INFINITY,
    },
  );
  const interrupt = (): void => {
    heart.stop('interrupt');
    clock.after(GRACE_MS, () => abort.abort());
  };
  return { heart, interrupt };
}

async function toTheEnd(clock: VirtualClock, heart: Crawl): Promise<void> {
  let isOver = false;
  const over = heart.over.then(() => {
    isOver = true;
  });
  // A crawl that failed is told by `over` itself.
  over.catch(() => {
    isOver = true;
  });
  for (let events = 0; ; events += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    if (isOver) return over;
    if (events > EVENTS_MAX) throw new Error(`it does not end: ${events} events`);
    if (!clock.step()) throw new Error('it stands still: nothing is to come, and it is not over');
  }
}

function joinTo(base: string): ((href: string) => string | null) | null {
  const prepared = createBases()(base);
  return prepared === null ? null : (href) => joinUrl(href, prepared);
}

function optionsOf({ roots, rules }: World): CrawlOptions {
  const { interruptedAtMs: _, ...options } = rules;
  return resolveOptions({ roots, scope: 'any', ...options });
}

function identityOf({ roots, scope, include, exclude, depth, pageRequisites }: CrawlOptions): JobIdentity {
  return { roots, scope, include, exclude, depth, pageRequisites };
}

function gateConfig(options: CrawlOptions, asked: ReadonlyMap<number, number>, resumed: boolean): GateConfig {
  const { hostConcurrency, delayMs, adapt, hostPatienceMs, robotsForbiddenDenies, hostLimit } = options;
  return {
    pace: { limitMax: hostConcurrency, delayMs, adapt, patienceMs: hostPatienceMs, firstHoldMs: 1_000 },
    robots: true,
    robotsForbiddenDenies,
    agent: 'gossamer',
    resumed,
    hostLimit: hostLimit === null ? null : { most: hostLimit, asked },
  };
}
