// What a guest must never do, read off the log of requests and off what the store says at the end. The checks know nothing of the
// gate: they are written a second time, from the rules.

import type { ErrorCode } from '../../src/base/errors.ts';
import { POLICY } from '../../src/base/errors.ts';
import { headerOf } from '../../src/base/headers.ts';
import { isRobots, isSitemap, startsOf, type Visit, visitsOf } from './visits.ts';
import type { CrawlResult } from './whole-crawl.ts';
import { PRIVATE, type World } from './world.ts';

/** Sums of fractions of milliseconds are not exact. */
const CLOSE_MS = 1e-3;
/** How long after an outage our machine may still be thought to be at fault: a pause of a minute, and a probe that hangs. */
const DOUBT_MS = 120_000;
const DAY_MS = 24 * 3_600_000;

/** Every broken rule in a sentence; none where the crawl was a good guest. */
export function brokenRules(world: World, result: CrawlResult): string[] {
  const visits = visitsOf(result.web.log);
  const byHost = Map.groupBy(visits, ({ host }) => host);
  return [
    ...capBroken('in all', visits, world.rules.concurrency),
    ...[...byHost].flatMap(([host, own]) => [
      ...capBroken(host, own, world.rules.hostConcurrency),
      ...delayBroken(host, own, world.rules.delayMs),
      ...robotsBroken(host, own),
      ...waitsBroken(host, own),
    ]),
    ...[...Map.groupBy(pagesOf(visits), ({ url }) => url)].flatMap(([url, own]) =>
      repeatsBroken(url, own, byHost.get(own[0]!.host)!, world, result.startedAt[0]!),
    ),
    ...limitsBroken(world, pagesOf(visits)),
    ...endBroken(result, pagesOf(visits)),
  ];
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

/** One at a time and spaced from start to start, from when the delay is known. */
function delayBroken(host: string, visits: readonly Visit[], delayMs: number): string[] {
  return visits.flatMap((visit, at) => {
    const before = visits[at - 1];
    if (before === undefined) return [];
    const known = visits.some((each) => isRobots(each) && each.status === 200 && each.endedAt <= visit.startedAt);
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
    const early = visits.find(({ startedAt }) => startedAt > wait.endedAt + CLOSE_MS && startedAt < until);
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

/** A URL is asked again only where there is something to hope for, not too soon, and not too often. */
function repeatsBroken(
  url: string,
  all: readonly Visit[],
  ofHost: readonly Visit[],
  { rules, outages }: World,
  begin: number,
): string[] {
  // While the network is gone, or may be thought to be, what has no answer spends no try.
  const isOurs = ({ status, endedAt }: Visit): boolean =>
    status === 0 && outages.some(({ fromMs, toMs }) => endedAt > begin + fromMs && endedAt < begin + toMs + DOUBT_MS);
  const visits = all.filter((visit) => !isOurs(visit));
  let spent = 0;
  // The last one may be asked once more to find out whether it was its fault.
  const most = rules.retries + (visits.some(isStall) ? 2 : 1);
  let stalled: Visit | null = null;
  let owed = 0;
  return visits.flatMap((visit, at) => {
    const next = visits[at + 1];
    const remedy = remedyOf(visit);
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
    const hadMs = next.startedAt - visit.endedAt;
    return hadMs < leastMs - CLOSE_MS ? [`${url}: again after ${hadMs} ms, try ${spent}`] : [];
  });
}

function isStall({ error }: Visit): boolean {
  return error !== null && POLICY[error as ErrorCode] === 'retry';
}

/** The host answered something that was asked after the one and before the other ended. */
function wasHeard(ofHost: readonly Visit[], after: Visit, before: Visit): boolean {
  return ofHost.some(
    ({ status, startedAt, endedAt }) => status > 0 && startedAt > after.endedAt && endedAt <= before.endedAt,
  );
}

function remedyOf({ status, error, headers }: Visit): 'final' | 'spent' | 'unspent' {
  if (error !== null) {
    const remedy = POLICY[error as ErrorCode];
    return remedy === 'retry' ? 'spent' : remedy === 'give-up' ? 'final' : 'unspent';
  }
  if (status === 429 || (status === 503 && headerOf(headers, 'retry-after') !== undefined)) return 'unspent';
  return status >= 500 ? 'spent' : 'final';
}

function limitsBroken({ rules }: World, pages: readonly Visit[]): string[] {
  const distinct = (visits: readonly Visit[]): number => new Set(visits.map(({ url }) => url)).size;
  const { limit, hostLimit } = rules;
  const over =
    limit !== null && distinct(pages) > limit ? [`${distinct(pages)} URLs, where ${limit} is the limit`] : [];
  if (hostLimit === null) return over;
  const hosts = [...Map.groupBy(pages, ({ host }) => host)].filter(([, own]) => distinct(own) > hostLimit);
  return [...over, ...hosts.map(([host, own]) => `${host}: ${distinct(own)} URLs, where ${hostLimit} is the limit`)];
}

/** The crawl is over only where nothing is left, and its rows say what the log says. */
function endBroken({ store, stoppedBy }: CrawlResult, pages: readonly Visit[]): string[] {
  const { queued, leased } = store.frontier.counts();
  const broken: string[] = [];
  if (leased > 0) broken.push(`${leased} URLs are still leased`);
  if (queued > 0 && stoppedBy === null) broken.push(`it says that it is over, and ${queued} URLs are queued`);
  const last = new Map(pages.map((visit) => [visit.url, visit]));
  for (const row of store.ledger.rows()) {
    // The form of it that was to be asked last.
    const visit = last.get(store.ledger.attempts(row.id).findLast(({ form }) => form !== null)?.form ?? row.url);
    if (row.state === 'done' && visit?.status !== row.status) {
      broken.push(`${row.url} is done with ${row.status}, and the log has ${visit?.status}`);
    }
    if (visit !== undefined && row.state === 'skipped') broken.push(`${row.url} is skipped, and was asked`);
  }
  return broken;
}

function pagesOf(visits: readonly Visit[]): Visit[] {
  return visits.filter((visit) => !isRobots(visit) && !isSitemap(visit));
}
