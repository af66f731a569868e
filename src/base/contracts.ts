// The contracts between the parts. A part imports this file and never its siblings.

import type { ArchivePlace } from './archive-files.ts';
import type { SiteCookie } from './cookies.ts';
import type { ErrorCode, SkipReason } from './errors.ts';
import type { KeptExclusion, OutOfScope, RobotsRecord } from './ledger.ts';
import type { Outcome } from './outcome.ts';
import type { BadLink, EntryFacts, Link, PageText } from './parsing.ts';
import type { Counts, RunFigures } from './run-figures.ts';
import type { Unkept } from './unkept.ts';

export type * from './archive-files.ts';
export type * from './host-shelf.ts';
export type * from './ledger.ts';
export type * from './link-kind.ts';
export type * from './outcome.ts';
export type { Paged } from './paged.ts';
export type * from './parsing.ts';
export type * from './run-figures.ts';
export type * from './sitemap-list.ts';
export type * from './unkept.ts';

// --- archive
// ----------------------------------------------------------------------------------------------------------

/** Keeps exchanges. */
export interface Archive {
  /**
   * Resolves with the place of the response's record once it is durable, in the order of the places. It is null if
   * there was nothing to keep. `sha256` is the digest of the raw body, if the caller has it already; `links` are the
   * links of its page. Rejects with MachineError.
   */
  append(outcome: Outcome, sha256: Uint8Array | null, links?: readonly Link[]): Promise<ArchivePlace | null>;
  close(): Promise<void>;
}

// --- store
// ------------------------------------------------------------------------------------------------------------

/** A URL that was found. The store drops it if it has seen its key. */
export interface NewUrl {
  /** As found: absolute, without fragment. This is the URL to request. */
  readonly url: string;
  /** The normalised form, for deduplication. */
  readonly key: string;
  /** scheme://host[:port], the unit for robots and pace. */
  readonly host: string;
  /** The number of links from a root; the target of a redirect inherits it from the source. */
  readonly depth: number;
  /** The number of redirects followed to get here. */
  readonly hops: number;
  /** If set, the row exists and is `skipped` for this reason. If null, it is queued. */
  readonly skip: SkipReason | null;
  /** The link is marked nofollow and leads nowhere. A URL that is also known another way stays as it is. */
  readonly nofollow?: boolean;
  /** The entry of the sitemap that lists it, if one does. */
  readonly mention?: SitemapMention;
  /** The link by which it was found, if a page has one. */
  readonly link?: Link | undefined;
  /** The encoding that a part of a page or a frame has if it names none; missing if it has it anyway. */
  readonly outerCharset?: string | undefined;
  /** The URL was new and is queued. Known once the store has taken it. */
  readonly wasNew?: boolean;
}

export interface SitemapMention extends EntryFacts {
  readonly sitemapId: number;
}

/**
 * The private addresses of the roots' names when the job began, by name. Null means that no answer came; a name without
 * private addresses is left out.
 */
export interface RootAddresses {
  /** Null if they were not looked up yet. */
  known(): ReadonlyMap<string, readonly string[] | null> | null;
  /** Resolves once they are durable. */
  keep(found: ReadonlyMap<string, readonly string[] | null>): Promise<void>;
}

/** The exclusions that last longer than a run. */
export interface ExclusionKeeper {
  /** `change` returns what is excluded from now on. Resolves once that is durable. */
  change(change: (before: readonly KeptExclusion[]) => readonly KeptExclusion[]): Promise<void>;
}

/** A URL that was handed out; its host has room now. */
export interface Lease {
  readonly id: number;
  /** The URL to request. */
  readonly url: string;
  /**
   * Forms of the URL that were requested before for the same row, oldest first. Each redirected to the next, and the
   * last one to `url`.
   */
  readonly forms: readonly string[];
  /** When each of these forms was requested, in wall time. */
  readonly formsAskedAt: readonly number[];
  readonly host: string;
  readonly hostId: number;
  readonly depth: number;
  readonly hops: number;
  /** Tries spent before this one. */
  readonly tries: number;
  /** The URL was requested before, in this run or an earlier one, even if that cost no try. */
  readonly wasAsked: boolean;
  /** It was settled in an earlier run, and the user has queued it again. */
  readonly wasTakenBack: boolean;
}

/** What came, if a response began. */
export interface Response {
  readonly status: number;
  readonly truncated: Outcome['truncated'];
  /** The media type without parameters, in lower case. If there is none, the type that the body was read as. */
  readonly contentType: string;
  readonly charset: string;
  /** The length of the body that `sha256` covers. */
  readonly bytes: number;
  /** The digest of the body after the transfer coding and before the content coding: 32 bytes. */
  readonly sha256: Uint8Array | null;
  readonly title: string;
  /** Without the headings. Null if the body is not a page. */
  readonly text: PageText | null;
}

/** How one lease ended. */
export interface Settlement {
  readonly lease: Lease;
  /** `queued` means a retry, or going on with another form of the URL. */
  readonly state: 'done' | 'failed' | 'skipped' | 'queued';
  readonly reason: SkipReason | null;
  readonly error: ErrorCode | null;
  /** What happened in words, for people; empty if there is nothing to say. */
  readonly detail: string;
  readonly response: Response | null;
  /** Tries spent so far, including this one if it counts. */
  readonly tries: number;
  /** For a retry: the earliest steady time. */
  readonly dueAt: number;
  /** In document order. Repeats and known URLs are allowed. */
  readonly links: readonly NewUrl[];
  readonly badLinks?: readonly BadLink[] | undefined;
  readonly unkept?: Unkept | undefined;
  readonly redirect: NewUrl | null;
  /** The fragment of the redirect's target, with its `#`; missing or empty if it has none. */
  readonly redirectFragment?: string;
  /** The other form of the same URL that it redirects to. It is requested next for this row and keeps its tries. */
  readonly form?: string | undefined;
  /** In wall time; 0 if nothing was requested. */
  readonly fetchedAt: number;
  readonly elapsedMs: number;
  readonly remoteAddress: string;
  /** `http/1.1` or `h2`; missing or empty if nothing was sent. */
  readonly protocol?: string;
  readonly place: ArchivePlace | null;
}

/** What to remember of a host, in steady time. Missing fields stay unchanged. */
export interface HostNote {
  readonly host: string;
  readonly heldUntil?: number;
  readonly why?: string;
  readonly robots?: RobotsRecord;
  /** It has sent a response. */
  readonly answered?: true;
  /** What only this run needs to know of it, as the heart writes it. The next run finds nothing of it. */
  readonly rest?: string;
}

/** What one commit writes. */
export interface Group {
  /** In the order of archive appends. */
  readonly settlements: readonly Settlement[];
  readonly hosts: readonly HostNote[];
  /** Cookies that have changed or are gone, each once. */
  readonly cookies?: readonly SiteCookie[];
  /** The live figures of this run. A commit that has them replaces the earlier ones. */
  readonly run: RunFigures | null;
}

/**
 * How many URLs of a host may start now. If none may, it names the steady time before which asking again is useless.
 */
export interface HostRoom {
  readonly take: number;
  /** `Infinity` means: not before a lease of this host is settled or `hold` is called for it. */
  readonly notBefore: number;
  /** The host had its turn and must first be made ready. When `hold` opens it, it comes before all other hosts. */
  readonly keepsTurn?: true;
  /** URLs that were requested before come after those that were not. */
  readonly newFirst?: true;
}

/** What comes next if nothing can be leased: a host gets room, or a URL of it is due for a retry. */
export interface Awaited {
  readonly host: string;
  /**
   * The URL that is due then, and how many wait like it; `id` is null if it has no row. Null if the host itself is
   * waited for.
   */
  readonly again: { readonly id: number | null; readonly urls: number } | null;
}

/** Whether a URL belongs to the job: why it is skipped, or null if it is to be requested. */
export interface Judgement extends Pick<OutOfScope, 'id' | 'hostId'> {
  readonly skip: SkipReason | null;
}

/** The writing side of the store: which URLs there are and whose turn it is. Starting is resuming. */
export interface Frontier {
  /** Adds roots and other URLs that no page links to; committed when it resolves. */
  add(urls: readonly NewUrl[]): Promise<void>;
  /**
   * Up to `n` URLs that are due, round-robin over hosts with room. At most `newMost` of them were never requested
   * before. `room` gives null if no further host can be asked for now.
   */
  lease(
    n: number,
    now: number,
    room: (host: string, hostId: number) => HostRoom | null,
    newMost?: number,
  ): Promise<readonly Lease[]>;
  /**
   * Writes rows, links, new URLs, host notes and run figures in one transaction. When it resolves, the new URLs can be
   * leased.
   */
  settle(group: Group): Promise<void>;
  /** Queues rows that were skipped as `excluded`. Where several processes write, it is missing. */
  regain?(ids: readonly number[]): Promise<void>;
  /**
   * Writes how URLs that were skipped as `scope` are judged now. What is no longer skipped is queued; the others get
   * their reason. Rows that were skipped for another reason, or are not skipped any more, stay as they are.
   */
  rejudge(verdicts: readonly Judgement[]): Promise<void>;
  /** Leases nothing of this host before `until` (steady time). A time in the past opens the host at once. */
  hold(hostId: number, until: number): void;
  /**
   * The counts of the whole job, and the earliest steady time at which something may become leasable, with what that
   * is. It is answered at once, from memory. `newMost` as for `lease`.
   */
  counts(newMost?: number): Counts & { readonly nextAt: number; readonly awaited: Awaited | null };
  close(): Promise<void>;
}
