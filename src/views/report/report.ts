// What a job found, for the owner of the site: what is broken and which pages link to it, what is slow, what is large,
// what was skipped and why. It reads all rows once, the redirects once, and the link lists once if something is broken.
// Its memory grows with the faults, the redirects (two numbers each) and the hosts, but not with the pages.

import type { Ledger, Row, Summary } from '../../base/contracts.ts';
import { REPORT_TOP_MAX } from '../../base/limits.ts';
import { allOf } from '../../base/paged.ts';
import { hostOf } from '../../url/host.ts';
import { nothingUnwritten, soundRows, type Unwritten } from '../unwritten.ts';
import { isAmong } from './accepted.ts';
import { type BadLinks, badLinksOf } from './bad-links.ts';
import { type BadSitemaps, badSitemapsOf } from './bad-sitemaps.ts';
import { type BrokenLinks, createBrokenLinks, isBroken } from './broken-links.ts';
import { jobStatus } from './job-summary.ts';
import { type RedirectChains, redirectsOf } from './redirects.ts';
import { createRemarks, type Remarks } from './remarks.ts';
import { createTrapCounts, type TrapCounts } from './trap-counts.ts';
import { createUnkept, type UnkeptLinks } from './unkept.ts';

/** The output of `report --json`. */
export interface Report {
  /** The same as in `status --json`. */
  readonly summary: Summary;
  /** Rows with values that no crawl writes. They are left out. */
  readonly unsound: Unwritten;
  /** A crawl is running, so the figures are only those of this moment. */
  readonly isRunning: boolean;
  /** Statuses and classes of statuses that the user accepts; these URLs are not broken. */
  readonly accepted: readonly string[];
  /** URLs by status, including those whose response the server cut. */
  readonly statuses: Counted;
  /** Failed URLs by error code. */
  readonly errors: Counted;
  /** Skipped URLs by reason. */
  readonly skipped: Counted;
  /** Responses with status 200 by media type, most frequent first; only the first few types. */
  readonly types: Readonly<Record<string, { readonly urls: number; readonly bytes: number }>>;
  readonly typeCount: number;
  /** Requested URLs by host, busiest first; only the first few hosts. */
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
  /** The largest bodies, as they were transferred. */
  readonly largest: readonly Extreme[];
}

/** Names with their number, most frequent first. Statuses are in numeric order, because a JSON object sorts them so. */
export type Counted = Readonly<Record<string, number>>;

export interface Extreme {
  readonly url: string;
  readonly title: string | null;
  readonly status: number;
  readonly elapsedMs: number;
  readonly bytes: number;
}

/**
 * `now` is in wall milliseconds; `folder` only appears in the report; `accepted` comes from `acceptedOf`; `onRow` is
 * called for each row that counts. It may run during a crawl.
 */
export async function reportOf(
  folder: string,
  ledger: Ledger,
  now: number,
  accepted: readonly string[] = [],
  onRow: (row: Row, isBroken: boolean) => void = () => {},
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
    const isWrong = isBroken(row) && !(row.state === 'done' && isAmong(row.status!, accepted));
    if (isWrong) broken.add(row);
    onRow(row, isWrong);
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
  const unsound = nothingUnwritten();
  for await (const rows of soundRows(ledger, unsound)) rows.forEach(see);
  const redirects = redirectsOf(await allOf(ledger.links.redirects()));
  await broken.addRedirects(redirects, ledger.links.urls);
  const { summary, isRunning } = await jobStatus(folder, ledger, now);
  return {
    summary,
    unsound,
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
    redirects: await redirects.chains(ledger.rows.of),
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

/** Keeps the few items with the highest measure. */
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

function extremeOf({ url, title, status, elapsedMs, bytes }: Row): Extreme {
  return { url, title, status: status!, elapsedMs: elapsedMs ?? 0, bytes: bytes ?? 0 };
}

function addType(types: Map<string, { urls: number; bytes: number }>, { contentType, bytes }: Row): void {
  const type = contentType || 'none';
  const known = types.get(type) ?? { urls: 0, bytes: 0 };
  types.set(type, { urls: known.urls + 1, bytes: known.bytes + (bytes ?? 0) });
}
