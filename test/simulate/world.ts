// A small web and the options of a crawl of it, made from a seed: hosts of all tempers, pages of all oddities.

import { type Random, seededRandom } from '../helpers/random.ts';

export interface World {
  readonly seed: number;
  readonly hosts: readonly HostPlan[];
  readonly roots: readonly string[];
  /** Spans in which the network is gone, in milliseconds since the start. */
  readonly outages: readonly Span[];
  readonly rules: CrawlPlan;
}

export interface CrawlPlan {
  readonly concurrency: number;
  readonly hostConcurrency: number;
  readonly delayMs: number;
  readonly adapt: boolean;
  readonly retries: number;
  readonly limit: number | null;
  readonly hostLimit: number | null;
  readonly sitemaps: boolean;
  /** The user interrupts the crawl then, and starts it again later; null where he lets it go on. */
  readonly interruptedAtMs: number | null;
}

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
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

const ODDITIES = [
  'missing',
  'broken',
  'shaky',
  'waits-503',
  'waits-429',
  'moved',
  'slash',
  'turns',
  'hangs',
  'cuts',
] as const;

export interface PagePlan {
  readonly path: string;
  readonly links: readonly string[];
  readonly oddity: (typeof ODDITIES)[number] | null;
}

export const PRIVATE = '/private/';
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

export function makeWorld(seed: number): World {
  const random = seededRandom(seed);
  const count = 1 + Math.floor(random() * 6);
  const names = Array.from({ length: count }, (_, at) => `http://h${at}.example`);
  const sizes = names.map(() => 1 + Math.floor(random() * (chance(random, 0.2) ? 60 : 15)));
  const hosts = names.map((host, at) => makeHost(random, host, at, names, sizes));
  return {
    seed,
    hosts,
    roots: names.slice(0, 1 + Math.floor(random() * count)).map((host) => `${host}/`),
    outages: chance(random, 0.25) ? [span(random, 20 * SECOND_MS, 5 * MINUTE_MS)] : [],
    rules: {
      concurrency: pick(random, [1, 2, 5, 20, 100]),
      hostConcurrency: pick(random, [1, 2, 4, 16, 64]),
      delayMs: chance(random, 0.2) ? 500 : 0,
      adapt: chance(random, 0.8),
      retries: chance(random, 0.8) ? 3 : 1,
      limit: chance(random, 0.15) ? 1 + Math.floor(random() * 20) : null,
      hostLimit: chance(random, 0.15) ? 1 + Math.floor(random() * 10) : null,
      sitemaps: chance(random, 0.5),
      interruptedAtMs: chance(random, 0.25) ? random() * 20 * SECOND_MS : null,
    },
  };
}

function makeHost(
  random: Random,
  host: string,
  at: number,
  names: readonly string[],
  sizes: readonly number[],
): HostPlan {
  const isOdd = at > 0 && chance(random, 0.25);
  return {
    host,
    temper: isOdd ? pick(random, ['nowhere', 'shut', 'silent'] as const) : 'fine',
    latencyMs: pick(random, [1, 20, 200, 1_500]),
    most: chance(random, 0.2) ? 1 + Math.floor(random() * 10) : Number.POSITIVE_INFINITY,
    rate: chance(random, 0.2)
      ? { perSecond: 1 + random() * 20, burst: 1 + Math.floor(random() * 10), retryAfter: retryAfter(random) }
      : null,
    storms: chance(random, 0.25) ? [span(random, 10 * SECOND_MS, 2 * MINUTE_MS)] : [],
    stormRetryAfter: chance(random, 0.5) ? retryAfter(random) : null,
    robots: makeRobots(random),
    pages: Array.from({ length: sizes[at]! }, (_, page) => ({
      path: pathOf(page),
      links: linksOf(random, host, page, names, sizes),
      oddity: page > 0 && chance(random, 0.2) ? pick(random, ODDITIES) : null,
    })),
  };
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

function span(random: Random, startsMs: number, lastsMs: number): Span {
  const fromMs = random() * startsMs;
  return { fromMs, toMs: fromMs + random() * lastsMs };
}

function chance(random: Random, share: number): boolean {
  return random() < share;
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!;
}
