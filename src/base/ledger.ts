// The reading side of the store: what is known of every URL, every host and every run; and the summary that is made of it.

import type { ErrorCode, SkipReason, STOPPED_BY } from './errors.ts';
import type { Outcome } from './outcome.ts';
import type { Paged } from './paged.ts';
import type { SitemapRow } from './sitemap-list.ts';
import type { Unkept } from './unkept.ts';

/** All that the store knows about one URL. */
export interface Row {
  readonly id: number;
  readonly url: string;
  readonly key: string;
  readonly state: UrlState;
  readonly reason: SkipReason | null;
  readonly error: ErrorCode | null;
  readonly status: number | null;
  readonly truncated: Outcome['truncated'];
  readonly depth: number;
  readonly hops: number;
  readonly referrer: string | null;
  readonly redirectTo: string | null;
  readonly tries: number;
  readonly contentType: string | null;
  readonly charset: string | null;
  readonly bytes: number | null;
  /** Hexadecimal. */
  readonly sha256: string | null;
  readonly title: string | null;
  readonly text: RowText | null;
  /** How many distinct URLs the page links to. */
  readonly links: number;
  /** Links that were counted and not kept; null where there are none. */
  readonly unkept: Unkept | null;
  readonly fetchedAt: number | null;
  readonly elapsedMs: number | null;
  readonly remoteAddress: string | null;
  readonly archive: ArchivePlace | null;
  readonly dueAt: number | null;
  /** What happened in words, for people: never parsed. */
  readonly detail: string | null;
}

/** What a page says of itself, where it says anything; each is null where it does not. */
export interface RowText {
  readonly description: string | null;
  /** As written. */
  readonly language: string | null;
  /** Absolute. */
  readonly canonical: string | null;
  /** Directives, lower case, each once. */
  readonly robots: readonly string[] | null;
}

/** A try that did not settle its URL, a redirect to another form of it, or a settlement that was taken back. */
export interface Attempt {
  /** 0 where nothing was asked. */
  readonly at: number;
  readonly error: ErrorCode | null;
  readonly status: number;
  /** The form of the URL that it redirects to, and that was asked next. */
  readonly form: string | null;
  readonly takenBack: TakenBack | null;
}

/** What a row was settled as until the user asked again. */
export interface TakenBack {
  readonly state: 'done' | 'failed' | 'skipped';
  readonly reason: SkipReason | null;
  /** When the user asked again, in wall milliseconds. */
  readonly againAt: number;
  readonly redirectTo: string | null;
  /** Its record, which stays where it is; null where there is none, or it was lost. */
  readonly archive: ArchivePlace | null;
}

/** A record of a row besides that of its settlement: enough to hold it against the archive. */
export interface EarlierRecord extends Pick<Row, 'url' | 'status' | 'sha256'> {
  readonly archive: ArchivePlace;
}

/** What a sitemap says of a URL, as written. */
export interface Mention {
  readonly sitemap: string;
  readonly lastmod: string | null;
  readonly changefreq: string | null;
  readonly priority: number | null;
}

export interface BadLinkRow {
  /** The page's id. */
  readonly page: number;
  readonly href: string;
  readonly element: string;
}

export interface HostRow {
  readonly id: number;
  readonly host: string;
  /** It has given some response, in whichever run. */
  readonly answered: boolean;
  readonly heldUntil: number | null;
  readonly why: string | null;
  readonly robots: RobotsRecord | null;
}

export interface RowFilter {
  readonly state?: UrlState;
  /** Rows with a larger id only, in order of id. */
  readonly afterId?: number;
  readonly limit?: number;
}

/**
 * The reading side of the store; safe beside a running crawl. Short answers are promises, long ones come by the page. What a page
 * holds is of one moment, and two pages may be of different moments.
 */
export interface Ledger {
  readonly rows: RowReader;
  readonly links: LinkReader;
  readonly job: JobReader;
  readonly archived: ArchivedReader;
  /** Some process works on the job now: it is locked. */
  isWorkedOn(): Promise<boolean>;
  close(): Promise<void>;
}

/** What is known of each URL. */
export interface RowReader {
  /** By url or key; null for one that was never seen. */
  find(urlOrKey: string): Promise<Row | null>;
  /** In the order in which URLs were found. */
  all(filter?: RowFilter): Paged<Row>;
  /** What happened to the row's URL before it was settled; the earliest first. */
  attempts(id: number): Promise<readonly Attempt[]>;
  /** What a sitemap says of the URL of each row, in the order of `ids`; null where none has it. */
  mentions(ids: readonly number[]): Promise<readonly (Mention | null)[]>;
  /** When the row's URL was taken down, in wall milliseconds; null where it was not. */
  removedAt(id: number): Promise<number | null>;
  /** Ids of hosts with how many of their URLs were asked, those that are queued again included, and each form of one; reads every row. */
  askedByHost(): Promise<ReadonlyMap<number, number>>;
}

/** What leads to what. */
export interface LinkReader {
  /** The URLs that the page of each row links to, in document order; the rows in the order of `ids`. */
  of(ids: readonly number[]): Promise<readonly (readonly string[])[]>;
  /** The links of every row that has any, as ids, in order of id. */
  lists(): Paged<readonly [id: number, links: readonly number[]]>;
  /** Every row that redirects, with the row that it leads to, as ids, in order of the first. */
  redirects(): Paged<readonly [id: number, target: number]>;
  /** Links of which no URL can be made, by page. */
  bad(): Paged<BadLinkRow>;
  /** In the order of `ids`; rejects where there is no such row. */
  urls(ids: readonly number[]): Promise<readonly string[]>;
  /** The URL that led to the row's; null where it is a root, or only a sitemap names it. */
  referrer(id: number): Promise<string | null>;
}

/** What is known of the job as a whole. */
export interface JobReader {
  identity(): Promise<JobIdentity>;
  /** The earliest first. */
  runs(): Promise<readonly RunFigures[]>;
  counts(): Promise<JobCounts>;
  hosts(): Paged<HostRow>;
  /** Those whose end is known, in the order in which they were found. */
  sitemaps(): Paged<SitemapRow>;
  /** The rows counted one by one, beside the totals that are kept of them; all of one moment. Reads every row. */
  sums(): Promise<Sums>;
}

/** What of the archive rows point to. */
export interface ArchivedReader {
  /** By file of the archive, where the last record of a row ends, earlier ones included; reads every row. */
  ends(): Promise<ReadonlyMap<string, number>>;
  /** SHA-256 (hexadecimal) and place of bodies that long that are kept, the first found first, so many at most. */
  payloads(bytesMin: number, most: number): Paged<readonly [sha256: string, place: ArchivePlace]>;
  /** Records of settlements that were taken back, and of redirects to another form of the URL; they are kept beside those of the rows. */
  earlier(): Paged<EarlierRecord>;
}

export interface JobCounts extends Counts {
  /** Sitemaps that are still to be read. */
  readonly unreadSitemaps: number;
}

export interface Sums {
  readonly urls: number;
  readonly queued: number;
  readonly rows: Pick<Counts, 'done' | 'failed' | 'skipped'>;
  readonly totals: Pick<Counts, 'done' | 'failed' | 'skipped'>;
}

/** What makes a job the same job. Other values for the same folder are refused. */
export interface JobIdentity {
  readonly roots: readonly string[];
  readonly scope: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Null: no limit. */
  readonly depth: number | null;
  readonly pageRequisites: boolean;
  /** Absent in jobs that were begun before there was a choice: then it is false. */
  readonly keepParameters?: boolean;
  /** By which rules session ids are told from pages; a job keeps those that it was begun with. Absent in older ones: then 1. */
  readonly keyRules?: 1 | 2;
}

export interface ArchivePlace {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

export type UrlState = 'queued' | 'leased' | 'done' | 'failed' | 'skipped';

export interface RobotsRecord {
  /** In steady time while it is obeyed; a ledger gives wall times, as of everything. */
  readonly fetchedAt: number;
  readonly expiresAt: number;
  /** 0 where there was no response. */
  readonly status: number;
  /** The text that is obeyed, cut at the limit; null where nothing may be asked yet (RFC 9309, section 2.3.1.4). */
  readonly body: Uint8Array | null;
}

/** What a crawl cannot go on without. */
export interface Waiting {
  /** Or the machine. */
  readonly host: string;
  /** Wall milliseconds; null where it is left for a later run. */
  readonly until: number | null;
  /** Empty where there is nothing to say. */
  readonly why: string;
}

export interface RunFigures {
  readonly startedAt: number;
  readonly updatedAt: number;
  readonly endedAt: number | null;
  /** How long it took so far, whatever was done to the clock meanwhile. */
  readonly elapsedMs: number;
  readonly stoppedBy: StoppedBy;
  readonly requests: number;
  readonly bytes: number;
  /** Requests on the wire when it was last updated. */
  readonly inFlight: number;
  readonly peakInFlight: number;
  /** The product token with which robots.txt was matched. */
  readonly agent: string;
  readonly waitingFor: Waiting | null;
  /** The busiest 100. */
  readonly hosts: readonly HostFigures[];
}

export interface Counts {
  readonly queued: number;
  readonly leased: number;
  readonly done: number;
  readonly failed: number;
  readonly skipped: number;
}

export type StoppedBy = null | (typeof STOPPED_BY)[number];

export interface HostFigures {
  readonly host: string;
  readonly inFlight: number;
  readonly limit: number;
  readonly latencyMs: number;
  readonly heldUntil: number | null;
  readonly why: string | null;
}

/** What `crawl --json` and `status --json` print. */
export interface Summary {
  readonly job: string;
  readonly state: 'finished' | 'unfinished';
  readonly stoppedBy: StoppedBy;
  readonly urls: Counts;
  /** Of the whole job, robots.txt not counted. */
  readonly requests: number;
  readonly bytes: number;
  readonly elapsedMs: number;
  /** Requests on the wire at once, robots.txt included. */
  readonly peakInFlight: number;
  /** Null where nothing is waited for, or nobody knows. */
  readonly waitingFor: Waiting | null;
  /** The busiest 100 of those that were asked for something. */
  readonly hosts: readonly HostFigures[];
}
