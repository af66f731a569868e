// A small web and the options of a crawl of it, made from a seed: hosts of all tempers, pages of all oddities.

import { chance, pick, type Random, seededRandom } from '../helpers/random.ts';
import { type Away, makeAways, makeSteps, makeStops, type Span, type Step, type Stop, span } from './troubles.ts';

export interface World {
  readonly seed: number;
  /** How long answers and commits take is drawn from it, and nothing else. */
  readonly latencySeed: number;
  readonly hosts: readonly HostPlan[];
  readonly roots: readonly string[];
  /** Spans in which the network is gone, in milliseconds since the start. */
  readonly outages: readonly Span[];
  /** What becomes of each URL does not depend on time: whatever goes wrong passes within its tries. */
  readonly isExact: boolean;
  readonly stops: readonly Stop[];
  readonly steps: readonly Step[];
  readonly rules: CrawlPlan;
  /** How many hosts the crawl may have in memory: in many worlds too few, so that hosts come and go all the time. */
  readonly hostsMost: number;
}

export interface CrawlPlan {
  readonly concurrency: number;
  readonly hostConcurrency: number;
  readonly delayMs: number;
  readonly adapt: boolean;
  readonly retries: number;
  readonly limit: number | null;
  readonly hostLimit: number | null;
  readonly hostPatienceMs: number;
  readonly sitemaps: boolean;
}

/** `nowhere` has no name, `shut` refuses, `silent` takes connections and says nothing. */
export type Temper = 'fine' | 'nowhere' | 'shut' | 'silent';

export interface HostPlan {
  readonly host: string;
  readonly temper: Temper;
  readonly latencyMs: number;
  /** Requests at once; beyond them it says 503. */
  readonly most: number;
  /** Requests a second, in buckets of so many; 429 beyond. */
  readonly rate: { readonly perSecond: number; readonly burst: number; readonly retryAfter: string | null } | null;
  /** Spans in which it says 503 to everything; with `Retry-After` where it says when. */
  readonly storms: readonly Span[];
  readonly stormRetryAfter: string | null;
  readonly aways: readonly Away[];
  readonly robots: RobotsPlan;
  readonly pages: readonly PagePlan[];
}

export interface RobotsPlan {
  readonly status: number;
  readonly body: string;
  readonly crawlDelayMs: number;
  /** Fails with 500 until then. */
  readonly failsUntilMs: number;
  /** Redirects before it. */
  readonly hops: number;
  readonly maxAgeS: number | null;
}

const ODDITIES = ['missing', 'broken', 'shaky', 'waits-429', 'moved', 'slash', 'turns', 'hangs', 'cuts'] as const;
/** Asks to wait for ever: whether that is its own fault or its host's depends on what else is asked meanwhile. */
const ENDLESS = 'waits-503';

export interface PagePlan {
  readonly path: string;
  readonly links: readonly string[];
  readonly oddity: (typeof ODDITIES)[number] | typeof ENDLESS | null;
}

export const PRIVATE = '/private/';
/** The web has up to six hosts. */
const HOSTS_MOST = [1, 2, 3, 100];
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

export function makeWorld(seed: number): World {
  const random = seededRandom(seed);
  const isExact = chance(random, 0.6);
  const count = 1 + Math.floor(random() * 6);
  const names = Array.from({ length: count }, (_, at) => `http://h${at}.example`);
  const sizes = names.map(() => 1 + Math.floor(random() * (chance(random, 0.2) ? 60 : 15)));
  const rules = makeRules(random, isExact);
  const stops = makeStops(random);
  const hosts = names.map((_, at) => makeHost(random, { at, names, sizes, isExact, rules }));
  return {
    seed,
    latencySeed: seed,
    hosts,
    roots: names.slice(0, 1 + Math.floor(random() * count)).map((host) => `${host}/`),
    outages: chance(random, 0.25) ? [span(random, 20 * SECOND_MS, 5 * MINUTE_MS)] : [],
    isExact,
    stops,
    steps: makeSteps(random, stops),
    rules,
    hostsMost: pick(seededRandom(seed ^ 0x4057), HOSTS_MOST),
  };
}

/**
 * The same web and the same wishes, and all else in another time: nothing is away, nobody stops it, and no clock is
 * set.
 */
export function undisturbed(world: World): World {
  const latencySeed = world.latencySeed ^ 0x1a7e;
  const random = seededRandom(latencySeed);
  const hosts = world.hosts.map((host) => ({ ...host, latencyMs: latency(random), aways: [], storms: [] }));
  return { ...world, latencySeed, hosts, outages: [], stops: [], steps: [] };
}

function makeRules(random: Random, isExact: boolean): CrawlPlan {
  return {
    concurrency: pick(random, [1, 2, 5, 20, 100]),
    hostConcurrency: pick(random, [1, 2, 4, 16, 64]),
    delayMs: chance(random, 0.2) ? 500 : 0,
    adapt: chance(random, 0.8),
    retries: isExact || chance(random, 0.6) ? 3 : 1,
    limit: !isExact && chance(random, 0.3) ? 1 + Math.floor(random() * 20) : null,
    hostLimit: !isExact && chance(random, 0.3) ? 1 + Math.floor(random() * 10) : null,
    hostPatienceMs: pick(random, [MINUTE_MS, 10 * MINUTE_MS, 60 * MINUTE_MS]),
    sitemaps: chance(random, 0.5),
  };
}

interface HostPlace {
  readonly at: number;
  readonly names: readonly string[];
  readonly sizes: readonly number[];
  readonly isExact: boolean;
  readonly rules: CrawlPlan;
}

function makeHost(random: Random, { at, names, sizes, isExact, rules }: HostPlace): HostPlan {
  const host = names[at]!;
  const isOdd = at > 0 && chance(random, 0.25);
  const mayBe = (share: number): boolean => !isExact && chance(random, share);
  const aways = makeAways(random, isExact, rules.hostPatienceMs);
  const oddities = odditiesOf(isExact, aways.length);
  return {
    host,
    temper: isOdd ? pick(random, ['nowhere', 'shut', 'silent'] as const) : 'fine',
    latencyMs: latency(random),
    most: mayBe(0.4) ? 1 + Math.floor(random() * 10) : Number.POSITIVE_INFINITY,
    rate: mayBe(0.4)
      ? { perSecond: 1 + random() * 20, burst: 1 + Math.floor(random() * 10), retryAfter: retryAfter(random) }
      : null,
    storms: chance(random, 0.25) ? [span(random, 10 * SECOND_MS, 2 * MINUTE_MS)] : [],
    stormRetryAfter: (mayBe(0.5) ? null : retryAfter(random)) ?? (isExact ? '5' : null),
    aways,
    robots: makeRobots(random),
    pages: Array.from({ length: sizes[at]! }, (_, page) => ({
      path: pathOf(page),
      links: linksOf(random, host, page, names, sizes),
      oddity: page > 0 && chance(random, 0.2) ? pick(random, oddities) : null,
    })),
  };
}

/** A page that works at the third time has no try left for a host that goes away twice. */
function odditiesOf(isExact: boolean, aways: number): readonly PagePlan['oddity'][] {
  if (!isExact) return [...ODDITIES, ENDLESS];
  return aways < 2 ? ODDITIES : ODDITIES.filter((oddity) => oddity !== 'shaky');
}

function latency(random: Random): number {
  return pick(random, [1, 20, 200, 1_500]);
}

function makeRobots(random: Random): RobotsPlan {
  const crawlDelayMs = chance(random, 0.2) ? pick(random, [1_000, 2_500, 10_000]) : 0;
  const delay = crawlDelayMs === 0 ? '' : `Crawl-delay: ${crawlDelayMs / 1000}\n`;
  const hasText = crawlDelayMs > 0 || chance(random, 0.6);
  return {
    status: hasText ? 200 : pick(random, [404, 403, 410]),
    body: hasText ? `User-agent: *\nDisallow: ${PRIVATE}\n${delay}` : '',
    crawlDelayMs,
    failsUntilMs: chance(random, 0.15) ? random() * 10 * MINUTE_MS : 0,
    hops: chance(random, 0.1) ? 1 + Math.floor(random() * 3) : 0,
    maxAgeS: chance(random, 0.2) ? 60 : null,
  };
}

/** The next page, so that all can be found; a few of anywhere; and sometimes one that robots.txt forbids. */
function linksOf(
  random: Random,
  host: string,
  page: number,
  names: readonly string[],
  sizes: readonly number[],
): string[] {
  const links = [`${host}${pathOf(2 * page + 1)}`, `${host}${pathOf(2 * page + 2)}`];
  for (let extra = random() * 4; extra > 1; extra -= 1) {
    const other = Math.floor(random() * names.length);
    links.push(`${names[other]}${pathOf(Math.floor(random() * sizes[other]!))}`);
  }
  if (chance(random, 0.1)) links.push(`${host}${PRIVATE}${page}`);
  return links;
}

function pathOf(page: number): string {
  return page === 0 ? '/' : `/p${page}`;
}

/** In seconds, long and short; unreadable; or none. */
function retryAfter(random: Random): string | null {
  return pick(random, ['1', '5', '60', 'soon', null]);
}
