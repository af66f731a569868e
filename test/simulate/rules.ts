// What a guest must never do, read off the log of requests and off what the store says at the end. The checks know
// nothing of the gate: they are written a second time, from the rules.

import type { ErrorCode } from '../../src/base/errors.ts';
import { headerOf } from '../../src/base/headers.ts';
import { meaningOfError } from '../../src/base/meaning.ts';
import type { CrawlResult } from './job-life.ts';
import { isWithin, type Span } from './troubles.ts';
import { isRobots, isSitemap, startsOf, type Visit, visitsOf } from './visits.ts';
import { PRIVATE, type World } from './world.ts';

/** Sums of fractions of milliseconds are not exact. */
const CLOSE_MS = 1e-3;
/**
 * How long after an outage our machine may still be thought to be at fault: a pause of a minute, and a probe that
 * hangs.
 */
const DOUBT_MS = 120_000;
const DAY_MS = 24 * 3_600_000;

/** Every broken rule in a sentence; none where the crawl was a good guest. */
export function brokenRules(world: World, result: CrawlResult): string[] {
  const visits = visitsOf(result.web.log, result.runs);
  const byHost = Map.groupBy(visits, ({ host }) => host);
  const pages = pagesOf(visits);
  const doubts = doubtsOf(visits);
  return [
    ...capBroken('in all', visits, world.rules.concurrency),
    ...[...byHost].flatMap(([host, own]) => [
      ...capBroken(host, own, world.rules.hostConcurrency),
      ...delayBroken(host, own, world.rules.delayMs),
      ...robotsBroken(host, own),
      ...waitsBroken(host, own),
    ]),
    ...[...Map.groupBy(pages, ({ url }) => url)].flatMap(([url, own]) => {
      const counted = own.filter((visit) => isCounted(visit, doubts, result));
      return repeatsBroken(url, counted, byHost.get(own[0]!.host)!, world.rules.retries);
    }),
    ...limitsBroken(world, pages),
    ...endBroken(result, pages),
  ];
}

/** When it may be thought that our own network is gone: hosts that are there cannot be reached. */
function doubtsOf(visits: readonly Visit[]): Span[] {
  return visits
    .filter(
      ({ error, plan }) => error !== null && meaningOfError(error).host === 'unreachable' && plan?.temper === 'fine',
    )
    .map(({ endedAt }) => ({ fromMs: endedAt, toMs: endedAt + DOUBT_MS }));
}

function capBroken(what: string, visits: readonly Visit[], most: number): string[] {
  let inFlight = 0;
  let peak = 0;
  for (const { by } of startsOf(visits)) {
    inFlight += by;
    peak = Math.max(peak, inFlight);
  }
  return peak > most ? [`${what}: ${peak} requests at once, where ${most} is the most`] : [];
}

/** What the one visit brought was known when the other began: it was not lost with an earlier run. */
function isKnownTo(had: Visit, visit: Visit): boolean {
  return had.endedAt <= visit.startedAt && (had.run === visit.run || !had.isLost);
}

/** One at a time and spaced from start to start, from when the delay is known. */
function delayBroken(host: string, visits: readonly Visit[], delayMs: number): string[] {
  return visits.flatMap((visit, at) => {
    const before = visits[at - 1];
    if (before === undefined) return [];
    const known = visits.some((each) => isRobots(each) && each.status === 200 && isKnownTo(each, visit));
    const asked = Math.max(delayMs, known ? (visit.plan?.robots.crawlDelayMs ?? 0) : 0);
    const hadMs = visit.startedAt - before.startedAt;
    if (asked === 0) return [];
    const isEarly = hadMs < asked - CLOSE_MS;
    const isBeside = before.endedAt > visit.startedAt + CLOSE_MS;
    return isEarly || isBeside
      ? [`${host}: ${visit.url} ${hadMs} ms after ${before.url}, where ${asked} is asked`]
      : [];
  });
}

/** robots.txt comes first, is obeyed, and is asked for again when it is old. */
function robotsBroken(host: string, visits: readonly Visit[]): string[] {
  const robots = visits.filter(isRobots);
  return visits
    .filter((visit) => !isRobots(visit))
    .flatMap((visit) => {
      if (visit.path.startsWith(PRIVATE) && visit.plan?.robots.status === 200) return [`${visit.url} is forbidden`];
      const had = robots.filter((each) => each.endedAt <= visit.startedAt + CLOSE_MS);
      const good = had.findLast(({ status }) => status > 0 && status < 500 && status !== 429 && status !== 301);
      if (good === undefined) return [`${host}: ${visit.url} before robots.txt was had`];
      const isFresh = visit.startedAt < good.endedAt + DAY_MS + CLOSE_MS;
      return isFresh ? [] : [`${host}: ${visit.url} by a robots.txt that is a day old`];
    });
}

/** Nothing is asked of a host before the time that it named, unless a single URL of it is to blame. */
function waitsBroken(host: string, visits: readonly Visit[]): string[] {
  return visits.flatMap((wait) => {
    const waitMs = waitOf(wait);
    if (waitMs === 0 || (wait.status === 503 && isUrlToBlame(wait, visits))) return [];
    const until = wait.endedAt + waitMs - CLOSE_MS;
    const early = visits.find(
      (visit) => visit.startedAt > wait.endedAt + CLOSE_MS && visit.startedAt < until && isKnownTo(wait, visit),
    );
    return early === undefined
      ? []
      : [`${host}: ${early.url} ${early.startedAt - wait.endedAt} ms after a ${wait.status} that asked for ${waitMs}`];
  });
}

/** It asked us to wait for the same URL before, and others have succeeded since. */
function isUrlToBlame(wait: Visit, visits: readonly Visit[]): boolean {
  const before = visits.findLast((each) => each.url === wait.url && each.endedAt < wait.endedAt && waitOf(each) > 0);
  if (before === undefined) return false;
  return visits.some(
    (each) =>
      each.endedAt >= before.endedAt &&
      each.endedAt <= wait.endedAt &&
      each.status > 0 &&
      each.status < 500 &&
      each.status !== 429,
  );
}

function waitOf({ status, headers }: Visit): number {
  const value = headerOf(headers, 'retry-after');
  if (status !== 429 && !(status === 503 && value !== undefined)) return 0;
  return value !== undefined && /^\d+$/.test(value) ? Math.max(1_000, Number(value) * 1_000) : 30_000;
}

/** What it brought was judged and kept. */
function isCounted(visit: Visit, doubts: readonly Span[], { runs }: CrawlResult): boolean {
  const { url, run, status, endedAt } = visit;
  // Where the network may be gone, what has no answer spends no try.
  if (visit.isLost || (status === 0 && isWithin(doubts, endedAt))) return false;
  // It was had, and was still on its way to the store when its process was killed.
  const isUnsettled = runs[run]!.end === 'killed' && !runs[run]!.settled.has(url);
  return !isUnsettled || remedyOf(visit) !== 'final';
}

/** A URL is asked again only where there is something to hope for, not too soon, and not too often. */
function repeatsBroken(url: string, visits: readonly Visit[], ofHost: readonly Visit[], retries: number): string[] {
  let spent = 0;
  // The last one may be asked once more to find out whether it was its fault.
  const most = retries + (visits.some(isStall) ? 2 : 1);
  let stalled: Visit | null = null;
  let owed = 0;
  return visits.flatMap((visit, at) => {
    const next = visits[at + 1];
    const remedy = remedyOf(visit);
    // What is found out about a URL that breaks off is not kept beyond the run.
    if (stalled !== null && stalled.run !== visit.run) [stalled, owed] = [null, 0];
    if (isStall(visit)) {
      // It counts once it is known that the host was there between, and then the one before counts too.
      const wasThere: boolean = stalled !== null && (visit.status > 0 || wasHeard(ofHost, stalled, visit));
      spent += wasThere ? owed + 1 : 0;
      owed = wasThere ? 0 : 1;
      stalled = visit;
    } else {
      stalled = null;
      if (remedy === 'spent') spent += 1;
    }
    if (next === undefined) return spent > most ? [`${url}: ${spent} tries`] : [];
    if (remedy === 'final') return [`${url} was asked again after ${visit.status} ${visit.error ?? ''}`];
    const leastMs = remedy === 'spent' ? 1_000 * 4 ** Math.max(0, spent - 1) : 0;
    // A first try that broke off late was a pause itself.
    const hadMs = next.startedAt - (spent <= 1 ? visit.startedAt : visit.endedAt);
    return hadMs < leastMs - CLOSE_MS ? [`${url}: again after ${hadMs} ms, try ${spent}`] : [];
  });
}

function isStall({ error }: Visit): boolean {
  return error !== null && meaningOfError(error as ErrorCode).url === 'again';
}

/** The host answered something that was asked after the one and before the other ended. */
function wasHeard(ofHost: readonly Visit[], after: Visit, before: Visit): boolean {
  return ofHost.some(
    ({ status, startedAt, endedAt }) => status > 0 && startedAt > after.endedAt && endedAt <= before.endedAt,
  );
}

function remedyOf({ status, error, headers }: Visit): 'final' | 'spent' | 'unspent' {
  if (error !== null) {
    const { url } = meaningOfError(error as ErrorCode);
    return url === 'again' ? 'spent' : url === 'final' ? 'final' : 'unspent';
  }
  if (status === 429 || (status === 503 && headerOf(headers, 'retry-after') !== undefined)) return 'unspent';
  return status >= 500 ? 'spent' : 'final';
}

function limitsBroken({ rules }: World, pages: readonly Visit[]): string[] {
  // That a URL was asked may be lost with a run that was killed.
  const distinct = (visits: readonly Visit[]): number =>
    new Set(visits.filter(({ isLost }) => !isLost).map(({ url }) => url)).size;
  const { limit, hostLimit } = rules;
  const over =
    limit !== null && distinct(pages) > limit ? [`${distinct(pages)} URLs, where ${limit} is the limit`] : [];
  if (hostLimit === null) return over;
  const hosts = [...Map.groupBy(pages, ({ host }) => host)].filter(([, own]) => distinct(own) > hostLimit);
  return [...over, ...hosts.map(([host, own]) => `${host}: ${distinct(own)} URLs, where ${hostLimit} is the limit`)];
}

/** The crawl is over only where nothing is left, and its rows say what the log says. */
function endBroken({ counts, rows, stoppedBy, broken }: CrawlResult, pages: readonly Visit[]): string[] {
  const { queued, leased } = counts;
  const found: string[] = [...broken];
  if (leased > 0) found.push(`${leased} URLs are still leased`);
  if (queued > 0 && stoppedBy === null) found.push(`it says that it is over, and ${queued} URLs are queued`);
  const last = new Map(pages.map((visit) => [visit.url, visit]));
  for (const row of rows) {
    const visit = last.get(row.lastForm);
    if (row.state === 'done' && visit?.status !== row.status) {
      found.push(`${row.url} is done with ${row.status}, and the log has ${visit?.status}`);
    }
    // What a killed run asked and did not commit, the next one cannot know.
    if (visit?.isLost === false && row.state === 'skipped') found.push(`${row.url} is skipped, and was asked`);
  }
  return found;
}

export function pagesOf(visits: readonly Visit[]): Visit[] {
  return visits.filter((visit) => !isRobots(visit) && !isSitemap(visit));
}
