// What is told to a parser, and what it tells.

import type { Outer } from './ledger.ts';
import type { LinkKind } from './link-kind.ts';
import type { Unkept } from './unkept.ts';

export interface Link {
  /** Absolute, parsed by the WHATWG URL rules, without fragment. */
  readonly url: string;
  readonly kind: LinkKind;
  /** The `rel` attribute in lower case; empty if there is none. */
  readonly rel: string;
  /** The element name in lower case. */
  readonly element: string;
  /** The encoding that the link names for a style sheet or a script that names none. */
  readonly charset?: string;
}

export interface ParseContext {
  /** The page's own URL: the base of its relative links. */
  readonly url: string;
  /** The value of Content-Type; empty if there was none. */
  readonly contentType: string;
  /** The values of the Link headers (RFC 8288). */
  readonly linkHeaders?: readonly string[];
  /** The values of Refresh. */
  readonly refreshes?: readonly string[];
  /** The values of X-Robots-Tag. */
  readonly robotsTags?: readonly string[];
  /** What led to the document. It is asked only if neither the document nor its header tells the encoding. */
  readonly outer?: (() => Promise<Outer | null>) | undefined;
}

/** What a page says about itself for people and for search. Each field is empty if the page says nothing. */
export interface PageText {
  readonly description: string;
  /** The `lang` attribute of the page, as written. */
  readonly language: string;
  /** The first canonical URL, absolute. */
  readonly canonical: string;
  /** Directives of meta robots and meta gossamer (`noindex`, `noarchive`), in lower case, without duplicates. */
  readonly robots: readonly string[];
  /** The first headings in document order, if they were asked for. */
  readonly headings: readonly Heading[];
}

export interface Heading {
  readonly level: 1 | 2 | 3;
  readonly text: string;
}

/** A link that cannot become a URL. */
export interface BadLink {
  /** As written; a long one is cut. */
  readonly href: string;
  /** The name of the element or of the header field. */
  readonly element: string;
}

export interface ParsedPage {
  readonly links: readonly Link[];
  /** The first links that cannot become URLs. */
  readonly bad?: readonly BadLink[] | undefined;
  readonly unkept: Unkept;
  /** What is odd about the body, in words: it is not what its type says, or not in the encoding that is named. */
  readonly remark?: string | undefined;
  /** What the body was read as, if its header names no type and it is not a page. */
  readonly mediaType?: string;
  /** Where the page leads on by itself, before it can be read. */
  readonly refresh?: string | undefined;
  /** The URL that relative links were joined to. */
  readonly base: string;
  /** The name of the encoding by the Encoding standard, in lower case; empty if the body is not text that we read. */
  readonly charset: string;
  readonly title: string;
  /** The page asks us not to follow its links (meta robots `nofollow` or `none`). */
  readonly nofollow: boolean;
  readonly text: PageText;
}

/** What a sitemap or a feed says about one of its entries, as written. It may be wrong. */
export interface EntryFacts {
  /** A date as written; empty if there is none. The same holds for `changefreq`. */
  readonly lastmod: string;
  readonly changefreq: string;
  /** From 0 to 1. */
  readonly priority: number | null;
}

/**
 * Bytes in, links out. It returns at once or, for a large page, reads slices with turns of the event loop in between.
 * It never throws or rejects.
 */
export type Parser = (bytes: Uint8Array, context: ParseContext) => ParsedPage | Promise<ParsedPage>;
