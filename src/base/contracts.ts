// What the parts promise each other. A part imports this file and never its siblings.

import type { ErrorCode, SkipReason } from './errors.ts';

// --- fetch ------------------------------------------------------------------------------------------------------------

/** One request. The transport adds Host, User-Agent, Accept, Accept-Encoding and Connection. */
export interface Request {
  /** Absolute http(s) URL without fragment, asked for exactly as it stands. */
  readonly url: string;
  readonly method: 'GET' | 'HEAD';
  /** Extra headers, name and value by turns; they replace defaults of the same name. */
  readonly headers?: readonly string[];
}

/** Header names and values by turns, order, case and repetition as received. */
export type RawHeaders = readonly string[];

/** What a request gave. A failure is an outcome too: `error` is set, and `status` is 0 unless a response began. */
export interface Outcome {
  readonly url: string;
  /** 0 when no response began. */
  readonly status: number;
  readonly error: ErrorCode | null;
  /** Set where the guard refused before connecting; then `error` is null and `status` 0. */
  readonly refused: SkipReason | null;
  /** What happened in words, for people: never parsed. */
  readonly detail: string;
  /** Cut by us at a size (`length`) or time, or by the peer (`disconnect`). */
  readonly truncated: null | 'length' | 'time' | 'disconnect';
  readonly headers: RawHeaders;
  /** The request's bytes as sent, as latin1 text. */
  readonly requestHead: string;
  /** Status line and headers of the final response as they came, blank line included, as latin1 text. */
  readonly responseHead: string;
  /** The body after the transfer coding and before the content coding. */
  readonly rawBody: Uint8Array;
  /** The body after the content coding; the very `rawBody` where there was none. */
  readonly body: Uint8Array;
  /** Empty when no connection was made. */
  readonly remoteAddress: string;
  /** Start of the request: wall milliseconds since the epoch. */
  readonly startedAt: number;
  /** From the start to the first byte of the response; 0 where none came. */
  readonly firstByteMs: number;
  readonly elapsedMs: number;
  /** Bytes read from the connection for this response. */
  readonly wireBytes: number;
}

/** One request, no waiting for a host, no redirects. Never rejects: failures are outcomes. */
export type Fetch = (request: Request, signal: AbortSignal) => Promise<Outcome>;
/** A wrapper with one concern of its own. */
export type Layer = (next: Fetch) => Fetch;

// --- parse ------------------------------------------------------------------------------------------------------------

export type LinkKind =
  | 'navigation'
  | 'requisite'
  | 'style'
  | 'script'
  | 'frame'
  | 'canonical'
  | 'alternate'
  | 'feed'
  | 'sitemap'
  | 'refresh'
  | 'metadata';

export interface Link {
  /** Absolute, parsed by the WHATWG URL rules, without fragment. */
  readonly url: string;
  readonly kind: LinkKind;
  /** The `rel` attribute as written, lower case; empty where there is none. */
  readonly rel: string;
  /** Lower-case element name. */
  readonly element: string;
}

export interface ParseContext {
  /** The page's own URL, the base of its relative links. */
  readonly url: string;
  /** Value of Content-Type; empty where there was none. */
  readonly contentType: string;
}

export interface Links {
  readonly links: readonly Link[];
  /** Links past the limit that were not kept. */
  readonly dropped: number;
  /** URL that relative links were joined to. */
  readonly base: string;
  /** Name of the encoding by the Encoding standard, lower case; empty where the body is no text that we read. */
  readonly charset: string;
  readonly title: string;
  /** The page asks that its links be not followed (meta robots `nofollow` or `none`). */
  readonly nofollow: boolean;
}

/** Bytes in, links out. Never throws on any input. */
export type Parser = (bytes: Uint8Array, context: ParseContext) => Links;

// --- archive ----------------------------------------------------------------------------------------------------------

export interface ArchivePlace {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

/** Where exchanges are kept. `append` resolves once the record is durable. */
export interface Archive {
  append(outcome: Outcome): Promise<ArchivePlace | null>;
  flush(): Promise<void>;
  close(): Promise<void>;
}

// --- store ------------------------------------------------------------------------------------------------------------

export type UrlState = 'queued' | 'leased' | 'done' | 'failed' | 'skipped';

/** A URL that was found. The store drops those whose key it has seen. */
export interface NewUrl {
  /** As found: absolute, without fragment. This is what is asked. */
  readonly url: string;
  /** Normalised, for deduplication. */
  readonly key: string;
  /** scheme://host[:port], the unit of robots and pace. */
  readonly host: string;
  /** Links from a root; a redirect's target inherits its source's. */
  readonly depth: number;
  /** Redirects followed to get here. */
  readonly hops: number;
  /** Set: the row exists and is `skipped` for this reason. Null: it is queued. */
  readonly skip: SkipReason | null;
}

/** A URL that was handed out and whose host has room now. */
export interface Lease {
  readonly id: number;
  readonly url: string;
  readonly host: string;
  readonly hostId: number;
  readonly depth: number;
  readonly hops: number;
  /** Tries spent before this one. */
  readonly tries: number;
}

/** What was had, where a response began. */
export interface Response {
  readonly status: number;
  readonly truncated: Outcome['truncated'];
  /** Media type without parameters, lower case. */
  readonly contentType: string;
  readonly charset: string;
  /** Length of the body that `sha256` is of. */
  readonly bytes: number;
  /** Of the body after the transfer coding and before the content coding: 32 bytes. */
  readonly sha256: Uint8Array | null;
  readonly title: string;
}

/** How one lease ended. */
export interface Settlement {
  readonly lease: Lease;
  /** `queued` is a retry. */
  readonly state: 'done' | 'failed' | 'skipped' | 'queued';
  readonly reason: SkipReason | null;
  readonly error: ErrorCode | null;
  readonly response: Response | null;
  /** Tries spent so far, this one included where it counts. */
  readonly tries: number;
  /** For a retry: not before this wall time in milliseconds. */
  readonly dueAt: number;
  /** In document order; repeats and URLs already seen are welcome. */
  readonly links: readonly NewUrl[];
  readonly redirect: NewUrl | null;
  /** Wall milliseconds since the epoch; 0 where nothing was asked. */
  readonly fetchedAt: number;
  readonly elapsedMs: number;
  readonly remoteAddress: string;
  readonly place: ArchivePlace | null;
}

/** What is to be remembered of a host; absent fields stay as they are. */
export interface HostNote {
  readonly host: string;
  readonly heldUntil?: number;
  readonly why?: string;
  readonly robots?: RobotsRecord;
}

export interface RobotsRecord {
  /** Wall milliseconds since the epoch. */
  readonly fetchedAt: number;
  readonly expiresAt: number;
  /** 0 where there was no response. */
  readonly status: number;
  /** The text that is obeyed, cut at the limit; null where nothing may be asked yet (RFC 9309, section 2.3.1.4). */
  readonly body: Uint8Array | null;
}

/** What one commit writes. */
export interface Group {
  /** In archive append order. */
  readonly settlements: readonly Settlement[];
  readonly hosts: readonly HostNote[];
  /** The live figures of the present run, replaced at each commit that has them. */
  readonly run: RunFigures | null;
}

export interface RunFigures {
  readonly startedAt: number;
  readonly updatedAt: number;
  readonly endedAt: number | null;
  readonly stoppedBy: StoppedBy;
  readonly requests: number;
  readonly bytes: number;
  readonly peakInFlight: number;
  readonly hosts: readonly HostFigures[];
}

export interface Counts {
  readonly queued: number;
  readonly leased: number;
  readonly done: number;
  readonly failed: number;
  readonly skipped: number;
}

/** How many URLs of a host may start now, and where that is none, the wall time (ms) before which to not ask again. */
export interface Room {
  readonly take: number;
  /** `Infinity`: not before a lease of this host is settled or `hold` is called for it. */
  readonly notBefore: number;
}

/** The writing side of the store: which URLs there are and whose turn it is. Starting is resuming. */
export interface Frontier {
  /** Adds roots and other URLs that no page led to; committed when it resolves. */
  add(urls: readonly NewUrl[]): Promise<void>;
  /** Up to `n` URLs that are due, round-robin over hosts with room. */
  lease(n: number, now: number, room: (host: string, hostId: number) => Room): Promise<readonly Lease[]>;
  /** One transaction: rows, links, new URLs, host notes, run figures. When it resolves, new URLs are leasable. */
  settle(group: Group): Promise<void>;
  /** Nothing of this host is leased before `until` (wall ms); a time that has passed opens it at once. */
  hold(hostId: number, until: number): void;
  /** The whole job's counts, and the earliest time (wall ms) at which something may become leasable. */
  counts(): Counts & { readonly nextAt: number };
  close(): Promise<void>;
}

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
  /** How many distinct URLs the page links to. */
  readonly links: number;
  readonly fetchedAt: number | null;
  readonly elapsedMs: number | null;
  readonly remoteAddress: string | null;
  readonly archive: ArchivePlace | null;
  readonly dueAt: number | null;
}

/** A try that did not settle its URL. */
export interface Attempt {
  readonly at: number;
  readonly error: ErrorCode | null;
  readonly status: number;
}

export interface HostRow {
  readonly id: number;
  readonly host: string;
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

/** The reading side of the store; safe beside a running crawl. */
export interface Ledger {
  /** By url or key; null for one that was never seen. */
  row(urlOrKey: string): Row | null;
  /** In the order in which URLs were found. */
  rows(filter?: RowFilter): Iterable<Row>;
  /** The URLs that a row's page links to, in document order. */
  links(id: number): readonly string[];
  attempts(id: number): readonly Attempt[];
  hosts(): Iterable<HostRow>;
  runs(): readonly RunFigures[];
  identity(): JobIdentity;
  counts(): Counts;
  close(): void;
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
}

// --- summary ----------------------------------------------------------------------------------------------------------

export type StoppedBy = null | 'interrupt' | 'limit' | 'time' | 'size' | 'held' | 'disk' | 'database';

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
  readonly peakInFlight: number;
  /** The busiest 100. */
  readonly hosts: readonly HostFigures[];
}
