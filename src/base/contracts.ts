// What the parts promise each other. A part imports this file and never its siblings.

import type { ErrorCode, SkipReason } from './errors.ts';
import type { ArchivePlace, Counts, RobotsRecord, RunFigures } from './ledger.ts';
import type { LinkKind } from './link-kind.ts';
import type { Outcome } from './outcome.ts';
import type { Unkept } from './unkept.ts';

export type * from './ledger.ts';
export type * from './link-kind.ts';
export type * from './outcome.ts';
export type { Paged } from './paged.ts';
export type * from './sitemap-list.ts';
export type * from './unkept.ts';

// --- parse ------------------------------------------------------------------------------------------------------------

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
  /** Values of the Link headers (RFC 8288); none by default. */
  readonly linkHeaders?: readonly string[];
  /** Value of Refresh; undefined where there is none. */
  readonly refresh?: string | undefined;
  /** Values of X-Robots-Tag. */
  readonly robotsTags?: readonly string[];
}

/** What a page says of itself for people and for search; each is empty where it says nothing. */
export interface PageText {
  readonly description: string;
  /** The `lang` of the page, as written. */
  readonly language: string;
  /** The first canonical URL; absolute. */
  readonly canonical: string;
  /** Directives of meta robots and meta gossamer (`noindex`, `noarchive`), lower case, each once. */
  readonly robots: readonly string[];
  /** The first headings in document order, where they were asked for. */
  readonly headings: readonly Heading[];
}

export interface Heading {
  readonly level: 1 | 2 | 3;
  readonly text: string;
}

/** A link of which no URL can be made. */
export interface BadLink {
  /** As written, cut where it is long. */
  readonly href: string;
  /** Name of the element, or of the header field. */
  readonly element: string;
}

export interface ParsedPage {
  readonly links: readonly Link[];
  /** Those that are no URL; of many the first few. */
  readonly bad?: readonly BadLink[] | undefined;
  readonly unkept: Unkept;
  /** URL that relative links were joined to. */
  readonly base: string;
  /** Name of the encoding by the Encoding standard, lower case; empty where the body is no text that we read. */
  readonly charset: string;
  readonly title: string;
  /** The page asks that its links be not followed (meta robots `nofollow` or `none`). */
  readonly nofollow: boolean;
  readonly text: PageText;
}

/** What a sitemap or a feed says of one of its entries, as written; it may be wrong. */
export interface EntryFacts {
  /** A date as written; empty where there is none, as is `changefreq`. */
  readonly lastmod: string;
  readonly changefreq: string;
  /** 0 to 1. */
  readonly priority: number | null;
}

/** Bytes in, links out: at once, or for a large page in slices with turns of the event loop between. Never throws or rejects. */
export type Parser = (bytes: Uint8Array, context: ParseContext) => ParsedPage | Promise<ParsedPage>;

// --- archive ----------------------------------------------------------------------------------------------------------

/** Where exchanges are kept. */
export interface Archive {
  /**
   * Resolves with the place of the response's record once it is durable, in the order of the places; with null where nothing came
   * that could be kept. `sha256` is of the raw body, where the caller has it already; `links` are those of its page. Rejects with MachineError.
   */
  append(outcome: Outcome, sha256: Uint8Array | null, links?: readonly Link[]): Promise<ArchivePlace | null>;
  flush(): Promise<void>;
  close(): Promise<void>;
}

// --- store ------------------------------------------------------------------------------------------------------------

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
  /** The link asks not to be followed, and nobody is led there by it: a URL that is known by another way stays as it is. */
  readonly nofollow?: boolean;
  /** What a sitemap says of it, where it stands in one. */
  readonly mention?: SitemapMention;
  /** The link by which it was found, where a page has one. */
  readonly link?: Link | undefined;
  /** Nobody knew it, and it is queued: told once the store has taken it. */
  readonly wasNew?: boolean;
}

export interface SitemapMention extends EntryFacts {
  readonly sitemapId: number;
}

/**
 * What the names of the job's roots were when it began: the private addresses of each, null where no answer was had; a name that
 * had none is left out.
 */
export interface RootAddresses {
  /** Null where nobody has looked yet. */
  known(): ReadonlyMap<string, readonly string[] | null> | null;
  /** Durable where it resolves. */
  keep(found: ReadonlyMap<string, readonly string[] | null>): Promise<void>;
}

/** A URL that was handed out and whose host has room now. */
export interface Lease {
  readonly id: number;
  /** What is asked. */
  readonly url: string;
  /** Forms of it that were asked before for the same row, the first first: each has redirected to the next, and the last to `url`. */
  readonly forms: readonly string[];
  readonly host: string;
  readonly hostId: number;
  readonly depth: number;
  readonly hops: number;
  /** Tries spent before this one. */
  readonly tries: number;
  /** It was asked before, even where that spent no try; in earlier runs too. */
  readonly wasAsked: boolean;
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
  /** Its headings are left out. Null where the body is no page. */
  readonly text: PageText | null;
}

/** How one lease ended. */
export interface Settlement {
  readonly lease: Lease;
  /** `queued` is a retry, or goes on with another form of the URL. */
  readonly state: 'done' | 'failed' | 'skipped' | 'queued';
  readonly reason: SkipReason | null;
  readonly error: ErrorCode | null;
  /** What happened in words, for people; empty where there is nothing to say. */
  readonly detail: string;
  readonly response: Response | null;
  /** Tries spent so far, this one included where it counts. */
  readonly tries: number;
  /** For a retry: not before this steady time. */
  readonly dueAt: number;
  /** In document order; repeats and URLs already seen are welcome. */
  readonly links: readonly NewUrl[];
  readonly badLinks?: readonly BadLink[] | undefined;
  readonly unkept?: Unkept | undefined;
  readonly redirect: NewUrl | null;
  /** Where it redirects to another form of the same URL: that is asked next for this row, and has its tries before it. */
  readonly form?: string | undefined;
  /** In wall time; 0 where nothing was asked. */
  readonly fetchedAt: number;
  readonly elapsedMs: number;
  readonly remoteAddress: string;
  readonly place: ArchivePlace | null;
}

/** What is to be remembered of a host, in steady time; absent fields stay as they are. */
export interface HostNote {
  readonly host: string;
  readonly heldUntil?: number;
  readonly why?: string;
  readonly robots?: RobotsRecord;
  /** It has given some response. */
  readonly answered?: true;
}

/** What one commit writes. */
export interface Group {
  /** In archive append order. */
  readonly settlements: readonly Settlement[];
  readonly hosts: readonly HostNote[];
  /** The live figures of the present run, replaced at each commit that has them. */
  readonly run: RunFigures | null;
}

/** How many URLs of a host may start now, and where that is none, the steady time before which to not ask again. */
export interface HostRoom {
  readonly take: number;
  /** `Infinity`: not before a lease of this host is settled or `hold` is called for it. */
  readonly notBefore: number;
}

/** What is to come next where nothing can be leased: a host has room again, or a URL of it is asked again. */
export interface Awaited {
  readonly host: string;
  /** The URL that is due then by its row's id, null where it is no row's; and how many wait so. Null where the host is what is waited for. */
  readonly again: { readonly id: number | null; readonly urls: number } | null;
}

/** The writing side of the store: which URLs there are and whose turn it is. Starting is resuming. */
export interface Frontier {
  /** Adds roots and other URLs that no page led to; committed when it resolves. */
  add(urls: readonly NewUrl[]): Promise<void>;
  /** Up to `n` URLs that are due, round-robin over hosts with room; of those that were never asked `newMost` at most. */
  lease(
    n: number,
    now: number,
    room: (host: string, hostId: number) => HostRoom,
    newMost?: number,
  ): Promise<readonly Lease[]>;
  /** One transaction: rows, links, new URLs, host notes, run figures. When it resolves, new URLs are leasable. */
  settle(group: Group): Promise<void>;
  /** Nothing of this host is leased before `until` (steady time); a time that has passed opens it at once. */
  hold(hostId: number, until: number): void;
  /** The whole job's counts, and the earliest steady time at which something may become leasable, with what that is; `newMost` as for `lease`. */
  counts(newMost?: number): Counts & { readonly nextAt: number; readonly awaited: Awaited | null };
  close(): Promise<void>;
}
