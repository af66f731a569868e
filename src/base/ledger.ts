// The reading side of the store: what is known of every URL, every host and every run.

import type { ArchivePlace, MovedFile } from './archive-files.ts';
import type { ErrorCode, SkipReason } from './errors.ts';
import type { Outcome } from './outcome.ts';
import type { Paged } from './paged.ts';
import type { Counts, RunFigures, WorkerFigures } from './run-figures.ts';
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
  /** With its `#`. Browsers put it behind the target. */
  readonly redirectFragment: string | null;
  readonly tries: number;
  readonly contentType: string | null;
  readonly charset: string | null;
  readonly bytes: number | null;
  /** Hexadecimal. */
  readonly sha256: string | null;
  readonly title: string | null;
  readonly text: RowText | null;
  /** The number of distinct URLs that the page links to. */
  readonly links: number;
  /** Links that were counted but not kept; null if there are none. */
  readonly unkept: Unkept | null;
  readonly fetchedAt: number | null;
  readonly elapsedMs: number | null;
  readonly remoteAddress: string | null;
  /** What the response came by; null if there is none. */
  readonly protocol: 'http/1.1' | 'h2' | null;
  readonly archive: ArchivePlace | null;
  readonly dueAt: number | null;
  /** What happened in words, for people; never parsed. */
  readonly detail: string | null;
}

/** What a page says about itself. Each field is null if the page says nothing. */
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
  /** 0 if nothing was requested. */
  readonly at: number;
  readonly error: ErrorCode | null;
  readonly status: number;
  /** The form of the URL that it redirects to; it was requested next. */
  readonly form: string | null;
  readonly takenBack: TakenBack | null;
}

/** How a row was settled before the user queued it again. */
export interface TakenBack {
  readonly state: 'done' | 'failed' | 'skipped';
  readonly reason: SkipReason | null;
  /** When the user queued it again, in wall milliseconds. */
  readonly againAt: number;
  readonly redirectTo: string | null;
  /** The record of that settlement, which stays where it is; null if there is none or it was lost. */
  readonly archive: ArchivePlace | null;
}

/** A record of a row besides the record of its settlement, with enough to check it against the archive. */
export interface EarlierRecord extends Pick<Row, 'url' | 'status' | 'sha256'> {
  readonly archive: ArchivePlace;
}

/** A URL that was found and lies outside of the job. */
export interface OutOfScope extends Pick<Row, 'id' | 'url' | 'depth'> {
  readonly hostId: number;
}

/** What a sitemap says about a URL, as written. */
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
  /** It has sent a response, in this run or an earlier one. */
  readonly answered: boolean;
  readonly heldUntil: number | null;
  readonly why: string | null;
  readonly robots: RobotsRecord | null;
}

export interface RowFilter {
  readonly state?: UrlState;
  /** Only rows with a larger id, in order of id. */
  readonly afterId?: number;
  readonly limit?: number;
  /**
   * Called for each row that no crawl wrote; the row is left out. Without this function the first such row is an error.
   */
  readonly onUnsound?: (id: number, why: string) => void;
}

/**
 * The reading side of the store; safe beside a running crawl. Short answers are promises, long ones come page by page.
 * Two pages of an answer may be from different moments.
 */
export interface Ledger {
  readonly rows: RowReader;
  readonly links: LinkReader;
  readonly job: JobReader;
  readonly archived: ArchivedReader;
  /** Where the rows are in a database on a server; undefined if they are in the job's folder. */
  readonly tables?: JobTables;
  /** Whether a process works on the job now: it is locked. */
  isWorkedOn(): Promise<boolean>;
  close(): Promise<void>;
}

/** The part of a database on a server that belongs to the job. The index for searches has its tables there. */
export interface JobTables {
  /** The name of the schema as SQL. */
  readonly schema: string;
  /** Answers one statement; each row is an array of its columns. */
  ask(sql: string, values?: readonly unknown[]): Promise<{ readonly rows: readonly (readonly unknown[])[] }>;
}

/** What is known of each URL. */
export interface RowReader {
  /** By URL or key; null if it was never seen. */
  find(urlOrKey: string): Promise<Row | null>;
  /** In the order in which the URLs were found. */
  all(filter?: RowFilter): Paged<Row>;
  /** The ids of the rows that are queued or leased, in no order. */
  queued(): Paged<number>;
  /** Rows by id, in no order. Those that do not exist, or that no crawl wrote, are left out. */
  of(ids: readonly number[]): Promise<readonly Row[]>;
  /** What happened to the row's URL before it was settled; oldest first. */
  attempts(id: number): Promise<readonly Attempt[]>;
  /** The ids of the rows that this exclusion took while a crawl ran. It reads every row. */
  excludedBy(pattern: string): Promise<readonly number[]>;
  /** The rows that were skipped as `scope`. It reads every row, a few at a time. */
  outOfScope(): Paged<OutOfScope>;
  /** What a sitemap says about the URL of each row, in the order of `ids`; null if no sitemap lists it. */
  mentions(ids: readonly number[]): Promise<readonly (Mention | null)[]>;
  /** When the row's URL was taken down, in wall milliseconds; null if it was not. */
  removedAt(id: number): Promise<number | null>;
  /** How many URLs of each host were requested, by host id, including each form and repeat. It reads every row. */
  askedByHost(): Promise<ReadonlyMap<number, number>>;
}

/** Which pages link where. */
export interface LinkReader {
  /** The URLs that the page of each row links to, in document order; the rows are in the order of `ids`. */
  of(ids: readonly number[]): Promise<readonly (readonly string[])[]>;
  /** The links of every row with links and a larger id than `afterId`, as ids, in order of id. */
  lists(afterId?: number): Paged<readonly [id: number, links: readonly number[]]>;
  /** Every row that redirects and the row of its target, as ids, in order of the first. */
  redirects(): Paged<readonly [id: number, target: number]>;
  /** Links that cannot become URLs, by page. */
  bad(): Paged<BadLinkRow>;
  /** In the order of `ids`; rejects if a row does not exist. */
  urls(ids: readonly number[]): Promise<readonly string[]>;
  /** The URL that led to the row's URL; null if that is a root or only a sitemap names it. */
  referrer(id: number): Promise<string | null>;
  /**
   * What led to the row's URL, itself or by redirects, as a part of a page or a frame. Null if it was found in another
   * way, or has the same encoding without it.
   */
  outer(id: number): Promise<Outer | null>;
}

/** What a style sheet, a script or a frame takes its encoding from if it names none. */
export interface Outer {
  /** The URL of the page or style sheet. */
  readonly url: string;
  /** The name of the encoding by the Encoding standard, in lower case. */
  readonly charset: string;
}

/** What is known of the job as a whole. */
export interface JobReader {
  identity(): Promise<JobIdentity>;
  /** Oldest first. */
  /** Several workers at the same time are one run. */
  runs(): Promise<readonly RunFigures[]>;
  /** The processes that work on the job, or did, where there may be several; oldest first. */
  workers(): Promise<readonly WorkerFigures[]>;
  counts(): Promise<JobCounts>;
  /** The patterns that were excluded while a crawl ran, and still are; oldest first. */
  exclusions(): Promise<readonly KeptExclusion[]>;
  hosts(): Paged<HostRow>;
  /** The sitemaps in the order in which they were found, also those that are still to be read. */
  sitemaps(): Paged<SitemapRow>;
  /** The rows counted one by one, to compare with the stored totals; all from one moment. It reads every row. */
  sums(): Promise<Sums>;
}

/** A pattern that was excluded while a crawl ran. It holds for later runs too. */
export interface KeptExclusion {
  readonly pattern: string;
  /** In wall milliseconds. */
  readonly since: number;
}

/** What the rows refer to in the archive. */
export interface ArchivedReader {
  /** For each file of the archive, where the last record of a row ends. It reads every row. */
  ends(): Promise<ReadonlyMap<string, number>>;
  /** SHA-256 (hexadecimal) and place of kept bodies of at least `bytesMin`, in the order found, at most `most`. */
  payloads(bytesMin: number, most: number): Paged<readonly [sha256: string, place: ArchivePlace]>;
  /** The kept records of settlements that were taken back, and of redirects to another form of the URL. */
  earlier(): Paged<EarlierRecord>;
  /** The files that are kept outside of the job's folder, or are on their way there, by name. */
  moved(): Promise<ReadonlyMap<string, MovedFile>>;
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

/** What identifies a job. Other values for the same folder are refused. */
export interface JobIdentity {
  readonly roots: readonly string[];
  readonly scope: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Null means no limit. */
  readonly depth: number | null;
  readonly pageRequisites: boolean;
  /** Missing in jobs from before this choice existed: then it is false. */
  readonly keepParameters?: boolean;
  /** The rule set that tells session ids from page parameters; a job keeps its first one. 1 in jobs without it. */
  readonly keyRules?: 1 | 2 | 3;
}

export type UrlState = 'queued' | 'leased' | 'done' | 'failed' | 'skipped';

export interface RobotsRecord {
  /** In steady time while it is in use; a ledger gives wall times, as for everything. */
  readonly fetchedAt: number;
  readonly expiresAt: number;
  /** 0 if there was no response. */
  readonly status: number;
  /** The text to obey, cut at the limit; null if nothing may be requested yet (RFC 9309, section 2.3.1.4). */
  readonly body: Uint8Array | null;
}
