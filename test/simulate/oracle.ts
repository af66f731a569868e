// What a crawl of a simulated world should have: every URL that links, redirects and sitemaps lead to, each with the
// end that its page is made for. Where the fate of each URL is known beforehand that is all; where it is not, a URL may
// have come to another end if the log shows why.

import { headerOf } from '../../src/base/headers.ts';
import type { Row } from '../../src/base/ledger.ts';
import type { CrawlResult } from './job-life.ts';
import { pagesOf } from './rules.ts';
import { isSitemap, type Visit, visitsOf } from './visits.ts';
import { type HostPlan, type PagePlan, PRIVATE, type World } from './world.ts';

/** A status, a code, or a reason. */
type End = number | string;

/** How a URL should end, and where it leads. */
interface Fate {
  readonly end: End;
  /** Other ends that are as good: the last of its tries may have met with something else that goes wrong. */
  readonly orElse?: readonly End[];
  readonly leads: readonly string[];
}

const SILENT_TRIES = 3;
const BREAKS: readonly End[] = ['reset', 'first-byte-timeout'];
const CODES = { nowhere: 'dns-not-found', shut: 'refused', silent: 'first-byte-timeout' } as const;

/** The URLs with the ends that they came to. */
function endsOf(rows: readonly Row[]): Map<string, End> {
  return new Map(rows.map((row) => [row.url, endOf(row)]));
}

/** What is different between two crawls of one web. */
export function differences(world: World, one: CrawlResult, other: CrawlResult): string[] {
  const plans = new Map(world.hosts.map((plan) => [plan.host, plan]));
  const told = ({ rows }: CrawlResult): Map<string, End> =>
    new Map(
      [...endsOf(rows)].map(([url, end]) => {
        const fate = fateOf(plans, url, world.rules.retries);
        return [url, isFated(fate, end) ? fate.end : end];
      }),
    );
  const [ends, others] = [told(one), told(other)];
  return [...new Set([...ends.keys(), ...others.keys()])]
    .filter((url) => ends.get(url) !== others.get(url))
    .map((url) => `${url}: ${ends.get(url)}, and ${others.get(url)} with other latencies and in peace`);
}

/** Every URL that is missing, too many, or has come to a wrong end, in a sentence. */
export function setBroken(world: World, result: CrawlResult): string[] {
  const ends = endsOf(result.rows);
  const all = visitsOf(result.web.log, result.runs);
  const visits = Map.groupBy(pagesOf(all), ({ url }) => url);
  // A redirect to another form of the URL begins its tries anew: they are those of the last form.
  const forms = new Map(result.rows.map(({ url, lastForm }) => [url, lastForm]));
  const sitemaps = sitemapsOf(world, all);
  // Where the crawl was stopped a sitemap may have been read in part.
  const needed = expectedSet(world, ends, result.stoppedBy === null ? sitemaps : []);
  const possible = expectedSet(world, ends, sitemaps);
  const missing = [...needed.keys()].filter((url) => !ends.has(url)).map((url) => `${url} is missing`);
  const wrong = [...ends].flatMap(([url, end]) => {
    const fate = possible.get(url);
    if (fate === undefined) return [`${url} is there, and nothing leads to it`];
    const isRight = isFated(fate, end) || isExcused(world, url, end, visits.get(forms.get(url)!) ?? [], result);
    return isRight ? [] : [`${url} has come to ${end}, where ${fate.end} is its end`];
  });
  return [...missing, ...wrong];
}

function isFated({ end: fated, orElse = [] }: Fate, end: End): boolean {
  return end === fated || orElse.includes(end);
}

function endOf({ state, status, error, reason }: Row): End {
  if (state === 'done') return status!;
  return error ?? reason ?? state;
}

/** From the roots on, through every URL that has come to its own end. */
function expectedSet(
  { hosts, roots, rules }: World,
  ends: ReadonlyMap<string, End>,
  sitemaps: readonly HostPlan[],
): ReadonlyMap<string, Fate> {
  const plans = new Map(hosts.map((plan) => [plan.host, plan]));
  const expected = new Map<string, Fate>();
  const queue = [...roots, ...sitemaps.flatMap(({ host, pages }) => pages.map(({ path }) => host + path))];
  for (const url of queue) {
    if (expected.has(url)) continue;
    const fate = fateOf(plans, url, rules.retries);
    expected.set(url, fate);
    if (ends.get(url) === fate.end) queue.push(...fate.leads);
  }
  return expected;
}

/** The hosts whose sitemap was had. */
function sitemapsOf({ hosts }: World, visits: readonly Visit[]): HostPlan[] {
  const had = new Set(visits.filter((visit) => isSitemap(visit) && visit.status === 200).map(({ host }) => host));
  return hosts.filter(({ host }) => had.has(host));
}

function fateOf(plans: ReadonlyMap<string, HostPlan>, url: string, retries: number): Fate {
  const { origin, pathname } = new URL(url);
  const plan = plans.get(origin);
  if (plan === undefined) return { end: 'dns-not-found', leads: [] };
  if (plan.temper !== 'fine') return { end: CODES[plan.temper], leads: [] };
  if (pathname.startsWith(PRIVATE) && plan.robots.status === 200) return { end: 'robots', leads: [] };
  const page = plan.pages.find(({ path }) => path === pathname);
  if (page === undefined) return { end: pathname.startsWith('/old') ? 200 : 404, leads: [] };
  return pageFate(plan, page, retries);
}

function pageFate({ host }: HostPlan, { path, links, oddity }: PagePlan, retries: number): Fate {
  const fine: Fate = { end: 200, leads: links };
  switch (oddity) {
    case 'missing':
      return { end: 404, leads: [] };
    case 'broken':
      return { end: 500, orElse: BREAKS, leads: [] };
    case 'shaky':
      // It works at the third time, and of a run that was killed nobody knows that it asked.
      return retries < 2 ? { ...fine, orElse: [502] } : fine;
    case 'waits-503':
      return { end: 503, leads: [] };
    case 'moved':
      return { end: 301, leads: [`${host}/old${path}`] };
    case 'turns':
      return { end: 'redirect-loop', leads: [] };
    case 'hangs':
      return { end: 'first-byte-timeout', orElse: BREAKS, leads: [] };
    default:
      return fine;
  }
}

/** Whether a URL may have ended so, though its page is made for another end. */
function isExcused(
  world: World,
  url: string,
  end: End,
  visits: readonly Visit[],
  { stoppedBy, web, runs }: CrawlResult,
): boolean {
  if (world.isExact) return false;
  const { rules, hosts } = world;
  const plan = hosts.find(({ host }) => url.startsWith(`${host}/`))!;
  if (end === 'queued') return stoppedBy === 'limit' || (stoppedBy === 'held' && isEndless(plan));
  if (end === 'budget') return rules.hostLimit !== null;
  if (typeof end === 'number' ? end >= 429 : BREAKS.includes(end)) return isTired(visits, rules.retries);
  return isGivenUp(visitsOf(web.log, runs).filter(({ host }) => host === plan.host));
}

/** Some page of it asks to wait for ever: then others of it may never have their turn. */
function isEndless({ pages }: HostPlan): boolean {
  return pages.some(({ oddity }) => oddity === 'waits-503');
}

/** All of its tries came to nothing. */
function isTired(visits: readonly Visit[], retries: number): boolean {
  const spent = visits.filter(({ status, error, headers }) => {
    return (
      status >= 500 || status === 429 || BREAKS.includes(error ?? '') || headerOf(headers, 'retry-after') !== undefined
    );
  });
  return spent.length > retries;
}

/** It had never answered when it was given up, or that was lost. */
function isGivenUp(ofHost: readonly Visit[]): boolean {
  const answered = ofHost.findIndex(({ status, isLost }) => status > 0 && !isLost);
  return (answered < 0 ? ofHost.length : answered) >= SILENT_TRIES;
}
