// One run of a job in a simulated world: the real heart, gate, commits, admission, sitemaps, parser and store, wired as the program wires them, on
// the clock of a process.

import { BodyBudget } from '../../src/base/body-budget.ts';
import type { JobIdentity } from '../../src/base/contracts.ts';
import { createAdmission } from '../../src/crawl/admission.ts';
import { type Commits, createCommits } from '../../src/crawl/commits.ts';
import { type Crawl, crawl } from '../../src/crawl/crawl.ts';
import { createGate } from '../../src/crawl/gate.ts';
import type { GateConfig } from '../../src/crawl/host-state.ts';
import { createSitemaps, guessesOf, NO_SITEMAPS } from '../../src/crawl/sitemaps.ts';
import { archivedFetch } from '../../src/job/archiving.ts';
import { makeParser } from '../../src/job/assemble.ts';
import { createMeter, type Meter } from '../../src/job/meter.ts';
import { openTraps } from '../../src/job/open-traps.ts';
import { type CrawlOptions, resolveOptions } from '../../src/options/options.ts';
import { createSitemapReader } from '../../src/parse/lists/lists.ts';
import type { Store } from '../../src/store/sqlite/store.ts';
import { createBases, joinUrl } from '../../src/url/join.ts';
import { writtenKeyOfJob } from '../../src/url/key.ts';
import { createScope } from '../../src/url/scope.ts';
import { seededRandom } from '../helpers/random.ts';
import type { ProcessClock } from './process-clock.ts';
import { counted, type Disk, type RealWork, slowArchive, slowFrontier, type Written } from './slow-parts.ts';
import type { VirtualClock } from './virtual-clock.ts';
import type { Client } from './web.ts';
import type { World } from './world.ts';

export interface Started {
  readonly heart: Crawl;
  /** Resolves when the run has ended and all is written. */
  readonly over: Promise<void>;
  isOver(): boolean;
  interrupt(): void;
  /** Settlements wait for a commit, though nothing is on its way and nothing can be leased: only a timer would write them. */
  isLate(): boolean;
  readonly written: readonly Written[];
  readonly work: RealWork;
}

export interface HeartParts {
  readonly world: World;
  readonly clock: ProcessClock;
  readonly reality: VirtualClock;
  readonly client: Client;
  readonly options: CrawlOptions;
  readonly store: Store;
  readonly disk: Disk;
  /** How many there were before. */
  readonly run: number;
}

const GRACE_MS = 5_000;
const TICK_MS = 1_000;
/** Where nothing is asked the figures are written less often than by the program, which would be most of what happens in a long outage. */
const IDLE_TICKS = 30;

export async function startHeart(parts: HeartParts): Promise<Started> {
  const { world, clock, reality, client, options, store, run } = parts;
  const { ledger, resumed } = store;
  const { rules } = world;
  const random = seededRandom(world.latencySeed ^ (0xc0de + run));
  const work: RealWork = { count: 0 };
  const slow = slowFrontier(store.frontier, clock, reality.now, random, work);
  const { frontier, written } = slow;
  const archive = slowArchive(parts.disk, clock, random);
  const meter = createMeter(Number.POSITIVE_INFINITY);
  const fetch = meter.counted(client.fetch);
  const abort = new AbortController();
  const admission = createAdmission({
    ...options,
    keyOf: writtenKeyOfJob(await ledger.job.identity()),
    hasCredentials: false,
    scope: createScope(options),
  });
  if (frontier.counts().done === 0) await frontier.add(admission.roots(options.roots));
  const asked = await ledger.rows.askedByHost();
  const gate = createGate(gateConfig(options, asked, resumed), clock, frontier.hold);
  for await (const hosts of ledger.job.hosts()) gate.remember(hosts);
  const outcomesMax = Math.max(1, Math.min(100, rules.concurrency >> 1));
  const commits = createCommits(frontier, clock, { outcomesMax, ageMaxMs: 20 });
  const budget = new BodyBudget(Number.POSITIVE_INFINITY);
  const fetchAside = archivedFetch(fetch, archive, budget);
  const shared = { frontier, commits, gate, admission, budget, clock, signal: abort.signal };
  const list: typeof store.sitemaps = {
    add: (found) => counted(work, store.sitemaps.add(found)),
    end: (id, end) => counted(work, store.sitemaps.end(id, end)),
    unread: store.sitemaps.unread,
  };
  const guesses = rules.sitemaps ? guessesOf(options.roots) : [];
  await list.add(guesses);
  const reader = {
    bodyBytesMax: 1024 * 1024,
    fetch: fetchAside,
    list,
    readSitemap: createSitemapReader(joinTo),
    wake: () => heart.wake(),
  };
  const sitemaps = rules.sitemaps ? createSitemaps({ ...shared, ...reader }, guesses, rules.retries) : NO_SITEMAPS;
  const askedBefore = [...asked.values()].reduce((sum, urls) => sum + urls, 0);
  const traps = openTraps(true, ledger, clock);
  const heart: Crawl = crawl(
    {
      ...shared,
      ...{ sitemaps, traps, fetch, fetchAside, archive, parse: makeParser(), spool: () => null },
      isPressed: () => false,
      onPage: () => {},
    },
    {
      concurrency: rules.concurrency,
      retries: rules.retries,
      limit: rules.limit === null ? Number.POSITIVE_INFINITY : Math.max(0, rules.limit - askedBefore),
    },
  );
  const ending = keepFigures(heart, meter, commits, clock);
  const interrupt = (): void => {
    heart.stop('interrupt');
    clock.after(GRACE_MS, () => abort.abort());
  };
  const isLate = (): boolean => {
    const isOnItsWay = client.inFlight > 0 || archive.isSyncing() || slow.isWriting() || sitemaps.reading > 0;
    const isStopped = heart.figures.stoppedBy !== null;
    return !isOnItsWay && !isStopped && commits.waiting > 0 && frontier.counts().nextAt > clock.now();
  };
  return { heart, ...ending, interrupt, isLate, written, work };
}

/** The figures of the run are written while it goes on, and when it is over: a later run judges stored times by them. */
function keepFigures(
  heart: Crawl,
  meter: Meter,
  commits: Commits,
  clock: ProcessClock,
): Pick<Started, 'over' | 'isOver'> {
  const { figures } = heart;
  const [startedAt, begunAt] = [clock.wall(), clock.now()];
  let isOver = false;
  let last = -1;
  let ticks = 0;
  const write = (endedAt: number | null): Promise<void> => {
    const { stoppedBy } = figures;
    const { requests, bytes } = meter;
    const times = { startedAt, updatedAt: clock.wall(), endedAt, elapsedMs: clock.now() - begunAt };
    const rest = { inFlight: 0, peakInFlight: 0, agent: '', waitingFor: null, hosts: [] };
    commits.figures({ ...times, stoppedBy, requests, bytes, ...rest });
    return commits.flush();
  };
  void write(null);
  const timer = clock.every(TICK_MS, () => {
    ticks += 1;
    if (meter.requests === last && ticks < IDLE_TICKS) return;
    last = meter.requests;
    ticks = 0;
    void write(null);
  });
  const end = async (): Promise<void> => {
    try {
      await heart.over;
      timer.cancel();
      await write(clock.wall());
    } finally {
      isOver = true;
    }
  };
  const over = end();
  over.catch(() => {});
  return { over, isOver: () => isOver };
}

function joinTo(base: string): ((href: string) => string | null) | null {
  const prepared = createBases()(base);
  return prepared === null ? null : (href) => joinUrl(href, prepared);
}

export function optionsOf({ roots, rules }: World): CrawlOptions {
  return resolveOptions({ roots, scope: 'any', ...rules });
}

export function identityOf({ roots, scope, include, exclude, depth, pageRequisites }: CrawlOptions): JobIdentity {
  return { roots, scope, include, exclude, depth, pageRequisites };
}

function gateConfig(options: CrawlOptions, asked: ReadonlyMap<number, number>, resumed: boolean): GateConfig {
  const { hostConcurrency, delayMs, adapt, hostPatienceMs, robotsForbiddenDenies, hostLimit } = options;
  return {
    pace: { hostConcurrency: hostConcurrency, delayMs, adapt, patienceMs: hostPatienceMs, firstHoldMs: 1_000 },
    robots: true,
    robotsForbiddenDenies,
    agent: 'gossamer',
    resumed,
    hostLimit: hostLimit === null ? null : { most: hostLimit, asked },
  };
}
