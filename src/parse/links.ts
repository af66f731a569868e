// What the tags of a page mean: which of their attributes are links, and of what kind. Element by element, as a table.

import { decodeHTMLAttribute } from 'entities';
import type { Link, LinkKind, Links } from '../base/contracts.ts';
import { LINKS_PER_PAGE_MAX } from '../base/limits.ts';
import type { RawAttributes } from './html.ts';

/** Joins links to the page's base; null for what leads to no page. */
export type Join = (href: string) => string | null;

const WANTED = new Set(['a', 'area', 'base', 'link', 'iframe', 'frame', 'meta']);

/** Tokens of `rel` on a link element. What is not here (dns-prefetch, pingback, ...) leads to nothing that is fetched. */
const REL_KINDS: Readonly<Record<string, LinkKind>> = {
  stylesheet: 'style',
  canonical: 'canonical',
  alternate: 'alternate',
  sitemap: 'sitemap',
  icon: 'requisite',
  'apple-touch-icon': 'requisite',
  preload: 'requisite',
  modulepreload: 'requisite',
  prefetch: 'requisite',
  manifest: 'requisite',
};
for (const rel of 'next prev first last start index contents help author license search up bookmark chapter section glossary copyright appendix me'.split(
  ' ',
)) {
  (REL_KINDS as Record<string, LinkKind>)[rel] = 'navigation';
}
const FEED_TYPES = new Set([
  'application/rss+xml',
  'application/atom+xml',
  'application/feed+json',
  'application/json',
]);
const SPACES = /[\t\n\f\r ]+/;

/** Gathers the links of one page from its tags. */
export class LinkCollector {
  readonly #decode: (piece: string) => string;
  readonly #joinTo: (base: string) => Join | null;
  /** Not joined yet: a base may still come, and it counts for the whole page. */
  readonly #found: Link[] = [];
  #join: Join;
  #base: string;
  #hasBase = false;
  #dropped = 0;
  #nofollow = false;
  readonly #page: string;

  constructor(page: string, decode: (piece: string) => string, joinTo: (base: string) => Join | null) {
    this.#page = page;
    this.#base = page;
    this.#decode = decode;
    this.#joinTo = joinTo;
    this.#join = joinTo(page) ?? (() => null);
  }

  readonly wants = (element: string): boolean => WANTED.has(element);

  readonly onTag = (element: string, attributes: RawAttributes): void => {
    switch (element) {
      case 'a':
      case 'area':
        return this.#add(this.#value(attributes, 'href'), 'navigation', this.#rel(attributes), element);
      case 'iframe':
      case 'frame':
        return this.#add(this.#value(attributes, 'src'), 'frame', '', element);
      case 'link':
        return this.#addLink(attributes);
      case 'base':
        return this.#setBase(this.#value(attributes, 'href'));
      default:
        return this.#meta(attributes);
    }
  };

  finish(charset: string, title: string): Links {
    const links: Link[] = [];
    for (const { url: href, kind, rel, element } of this.#found) {
      const url = this.#join(href);
      if (url !== null) links.push({ url, kind, rel, element });
    }
    return { links, dropped: this.#dropped, base: this.#base, charset, title, nofollow: this.#nofollow };
  }

  #addLink(attributes: RawAttributes): void {
    const rel = this.#rel(attributes);
    const kinds = rel.split(SPACES).flatMap((token) => (Object.hasOwn(REL_KINDS, token) ? REL_KINDS[token]! : []));
    // An alternate style sheet is a style sheet.
    const kind = kinds.includes('style') ? 'style' : kinds[0];
    if (kind === undefined) return;
    const isFeed = kind === 'alternate' && FEED_TYPES.has((this.#value(attributes, 'type') ?? '').trim().toLowerCase());
    this.#add(this.#value(attributes, 'href'), isFeed ? 'feed' : kind, rel, 'link');
  }

  // The first base with an href counts (HTML standard, section 4.2.3).
  #setBase(href: string | null): void {
    if (href === null || this.#hasBase) return;
    this.#hasBase = true;
    const base = URL.parse(href, this.#page)?.href;
    const join = base === undefined ? null : this.#joinTo(base);
    if (base === undefined || join === null) return;
    this.#base = base;
    this.#join = join;
  }

  #meta(attributes: RawAttributes): void {
    const content = this.#value(attributes, 'content');
    if (content === null) return;
    if (this.#value(attributes, 'http-equiv')?.toLowerCase() === 'refresh') {
      const url = refreshUrl(content);
      if (url !== null) this.#add(url, 'refresh', '', 'meta');
    }
    const isRobots = this.#value(attributes, 'name')?.toLowerCase() === 'robots';
    if (isRobots && /(?:^|[\s,])(?:nofollow|none)(?:$|[\s,])/i.test(content)) this.#nofollow = true;
  }

  #add(href: string | null, kind: LinkKind, rel: string, element: string): void {
    if (href === null) return;
    if (this.#found.length < LINKS_PER_PAGE_MAX) this.#found.push({ url: href, kind, rel, element });
    else this.#dropped += 1;
  }

  #rel(attributes: RawAttributes): string {
    return attributes.length <= 2 ? '' : (this.#value(attributes, 'rel') ?? '').toLowerCase();
  }

  #value(attributes: RawAttributes, name: string): string | null {
    for (let i = 0; i < attributes.length; i += 2) {
      if (attributes[i] !== name) continue;
      const value = this.#decode(attributes[i + 1]!);
      return value.includes('&') ? decodeHTMLAttribute(value) : value;
    }
    return null;
  }
}

/** The URL of `<meta http-equiv=refresh content="5; url='x'">` (HTML standard, section 4.2.5.3, "shared declarative refresh"). */
function refreshUrl(content: string): string | null {
  const rest =
    /^[\t\n\f\r ]*(?:\d+[\d.]*|\.[\d.]*)[\t\n\f\r ]*[;,]?[\t\n\f\r ]*(?:url[\t\n\f\r ]*=[\t\n\f\r ]*)?(.*)$/is.exec(
      content,
    )?.[1];
  if (rest === undefined || rest === '') return null;
  const quote = rest.charAt(0);
  if (quote !== '"' && quote !== "'") return rest;
  const end = rest.indexOf(quote, 1);
  return end < 0 ? rest.slice(1) : rest.slice(1, end);
}
