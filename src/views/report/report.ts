// What a job found, for whoever looks after the site: what is broken and where it is linked, what is slow, what is
// large, what was left out and why. One pass over the rows, one over the redirects, and one over the link lists where
// something is broken; memory grows with what is wrong, with the redirects (two numbers each) and with the hosts, not
// with the pages.

import type { Ledger, Row, Summary } from '../../base/contracts.ts';
import { REPORT_TOP_MAX } from '../../base/limits.ts';
import { allOf } from '../../base/paged.ts';
import { hostOf } from '../../url/host.ts';
import { isAmong } from './accepted.ts';
import { type BadLinks, badLinksOf } from './bad-links.ts';
import { type BadSitemaps, badSitemapsOf } from './bad-sitemaps.ts';
import { type BrokenLinks, createBrokenLinks, isBroken } from './broken-links.ts';
import { jobStatus } from './job-summary.ts';
import { type RedirectChains, redirectsOf } from './redirects.ts';
import { createRemarks, type Remarks } from './remarks.ts';
import { createTrapCounts, type TrapCounts } from './trap-counts.ts';
import { createUnkept, type UnkeptLinks } from './unkept.ts';

/** What `report --json` prints. */
export interface Report {
  /** As `status --json`. */
  readonly summary: Summary;
  /** The job is being crawled now, so that the figures are of a moment. */
  readonly isRunning: boolean;
  /** Statuses and classes of them that the user takes for right: such URLs are not broken. */
  readonly accepted: readonly string[];
  /** URLs by status; a URL whose response was cut by its server counts too. */
  readonly statuses: Counted;
  /** Failed URLs by error code. */
  readonly errors: Counted;
  /** Skipped URLs by reason. */
  readonly skipped: Counted;
  /** Responses with status 200 by media type, the most frequent first; of many types the first few. */
  readonly types: Readonly<Record<string, { readonly urls: number; readonly bytes: number }>>;
  readonly typeCount: number;
  /** URLs that were asked for, by host, the busiest first; of many hosts the first few. */
  readonly hosts: Counted;
  readonly hostCount: number;
  readonly broken: BrokenLinks;
  readonly badLinks: BadLinks;
  readonly unkept: UnkeptLinks;
  readonly sitemaps: BadSitemaps;
  readonly redirects: RedirectChains;
  readonly remarks: Remarks;
  readonly traps: TrapCounts;
  /** The slowest responses, from the request to the last byte. */
  readonly slowest: readonly Extreme[];
  /** The largest bodies, as they came over the wire. */
  readonly largest: readonly Extreme[];
}

/**
 * Names with how often they were met, the most frequent first; statuses in order of number, as JSON objects have them.
 */
export type Counted = Readonly<Record<string, number>>;

export interface Extreme {
  readonly url: string;
  readonly status: number;
  readonly elapsedMs: number;
  readonly bytes: number;
}

/** `now` is wall milliseconds; `folder` is only named; `accepted` as from `acceptedOf`. Safe beside a running crawl. */
export async function reportOf(
  folder: string,
  ledger: Ledger,
  now: number,
  accepted: readonly string[] = [],
): Promise<Report> {
  const counts = { statuses: new Counts(), errors: new Counts(), skipped: new Counts(), hosts: new Counts() };
  const types = new Map<string, { urls: number; bytes: number }>();
  const slowest = new Top(({ elapsedMs }) => elapsedMs);
  const largest = new Top(({ bytes }) => bytes);
  const broken = createBrokenLinks();
  const remarks = createRemarks();
  const unkept = createUnkept();
  const traps = createTrapCounts();
  const see = (row: Row): void => {
    if (row.state === 'skipped') counts.skipped.add(row.reason ?? 'unknown');
    if (row.error !== null) counts.errors.add(row.error);
    if (isBroken(row) && !(row.state === 'done' && isAmong(row.status!, accepted))) broken.add(row);
    remarks.add(row);
    unkept.add(row);
    traps.add(row);
    if (row.fetchedAt !== null) counts.hosts.add(hostOf(row.url));
    if (row.status === null || row.status === 0) return;
    counts.statuses.add(String(row.status));
    const response = extremeOf(row);
    slowest.offer(response);
    largest.offer(response);
    if (row.status === 200) addType(types, row);
  };
  for await (const rows of ledger.rows.all()) rows.forEach(see);
  const redirects = redirectsOf(await allOf(ledger.links.redirects()));
  await broken.addRedirects(redirects, ledger.links.urls);
  const { summary, isRunning } = await jobStatus(folder, ledger, now);
  return {
    summary,
    isRunning,
    accepted,
    statuses: counts.statuses.sorted(),
    errors: counts.errors.sorted(),
    skipped: counts.skipped.sorted(),
    types: Object.fromEntries([...types].sort((a, b) => b[1].urls - a[1].urls).slice(0, REPORT_TOP_MAX)),
    typeCount: types.size,
    hosts: counts.hosts.sorted(REPORT_TOP_MAX),
    hostCount: counts.hosts.size,
    broken: await broken.found(ledger.links),
    badLinks: await badLinksOf(ledger.links),
    sitemaps: await badSitemapsOf(ledger.job),
    redirects: await redirects.chains(ledger.links.urls),
    remarks: remarks.found,
    unkept: unkept.found,
    traps: traps.found,
    slowest: slowest.sorted(),
    largest: largest.sorted(),
  };
}

class Counts {
  readonly #counts = new Map<string, number>();

  add(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  get size(): number {
    return this.#counts.size;
  }

  sorted(most = Number.POSITIVE_INFINITY): Counted {
    const names = [...this.#counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, most);
    return Object.fromEntries(names);
  }
}

/** The few with the highest measure. */
class Top {
  readonly #measure: (one: Extreme) => number;
  #best: Extreme[] = [];
  #least = 0;

  constructor(measure: (one: Extreme) => number) {
    this.#measure = measure;
  }

  offer(one: Extreme): void {
    if (this.#measure(one) <= this.#least) return;
    this.#best.push(one);
    if (this.#best.length < REPORT_TOP_MAX * 2) return;
    this.#best = this.sorted();
    this.#least = this.#measure(this.#best.at(-1)!);
  }

  sorted(): Extreme[] {
    return this.#best.toSorted((a, b) => this.#measure(b) - this.#measure(a)).slice(0, REPORT_TOP_MAX);
  }
}

function extremeOf({ url, status, elapsedMs, bytes }: Row): Extreme {
  return { url, status: status!, elapsedMs: elapsedMs ?? 0, bytes: bytes ?? 0 };
}

function addType(types: Map<string, { urls: number; bytes: number }>, { contentType, bytes }: Row): void {
  const type = contentType || 'none';
  const known = types.get(type) ?? { urls: 0, bytes: 0 };
  types.set(type, { urls: known.urls + 1, bytes: known.bytes + (bytes ?? 0) });
}
