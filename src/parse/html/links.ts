// Decides which attributes of a page's tags are links, and of what kind. To support another element that leads to
// pages, add a line to PAGES and a case to `onTag`. Elements that do not lead to pages are in requisites.ts.

import type { BadLink, Link, LinkKind, ParseContext, ParsedPage } from '../../base/contracts.ts';
import { URL_LENGTH_MAX } from '../../base/limits.ts';
import { leadsToPage } from '../../base/link-kind.ts';
import { isLocal } from '../css/css.ts';
import { headerLinks } from '../header-links.ts';
import { isFull, type Join, type JoinTo, joinLinks, noteBad, nothingUnkept, type Unjoined } from '../join-links.ts';
import { kindOfRel } from '../link-kinds.ts';
import { addStyles } from './add-styles.ts';
import type { Attributes } from './attributes.ts';
import type { Wanted } from './elements.ts';
import { jsonLdUrls } from './json-ld.ts';
import { addLazyImages } from './lazy-images.ts';
import type { TextCollector } from './page-text.ts';
import { refreshTarget } from './refresh.ts';
import { ANY_ELEMENT, addRequisites, withForeignRequisites, withRequisites } from './requisites.ts';

const PAGES: Wanted = {
  a: ['href', 'rel'],
  area: ['href', 'rel'],
  base: ['href'],
  link: ['href', 'rel', 'type'],
  iframe: ['src', 'data-src', 'data-lazy-src'],
  frame: ['src'],
  meta: ['content', 'http-equiv', 'name'],
  html: ['lang', 'xml:lang'],
};
const FOREIGN_PAGES: Wanted = { a: ['href', 'xlink:href', 'rel'] };
const HEADINGS: Wanted = { h1: [], h2: [], h3: [] };

/** What to look for in a page. */
export interface Wishes {
  /** Look for requisites too: images, styles, scripts, and the metadata of pages. */
  readonly requisites: boolean;
  readonly headings: boolean;
}

/** The elements that a scanner must look at, in HTML and in foreign content. */
export function wantedFor({
  requisites,
  headings,
}: Wishes): [html: Wanted, foreign: Wanted, everywhere: readonly string[]] {
  const pages = headings ? { ...PAGES, ...HEADINGS } : PAGES;
  return requisites
    ? [withRequisites(pages), withForeignRequisites(FOREIGN_PAGES), ANY_ELEMENT]
    : [pages, FOREIGN_PAGES, []];
}

/** What the tags of a page say about its links. */
export interface Found extends Pick<ParsedPage, 'links' | 'bad' | 'unkept' | 'base'> {
  /** Empty if the page names no canonical URL. */
  readonly canonical: string;
}

export interface LinkCollector {
  onTag(element: string, attributes: Attributes, isForeign: boolean): void;
  /** `text` is the text of the wanted element that was reported last. */
  onText(element: string, text: string): void;
  /**
   * Joins the gathered links; it returns a promise if there are many. `encode` prepares a link for the encoding of the
   * page.
   */
  finish(encode: ((href: string) => string) | null): Found | Promise<Found>;
}

/** Gathers the links of a page and of its header. */
export function collectLinks(
  context: ParseContext,
  joinTo: JoinTo,
  { requisites }: Wishes,
  texts: TextCollector,
  turn: () => Promise<void>,
): LinkCollector {
  // Links stay unjoined until the end: a base may still come, and it applies to the whole page.
  const hrefs: Unjoined[] = [];
  let baseHref: string | null = null;
  const unkept = nothingUnkept();
  let isJsonLd = false;
  const { url: page, linkHeaders = [] } = context;
  let hasCanonical = linkHeaders.length > 0;

  const add = (href: string | null, kind: LinkKind, rel: string, element: string): void => {
    if (href === null) return;
    if (isFull(hrefs)) unkept.dropped += 1;
    else hrefs.push({ url: href, kind, rel, element });
  };
  // An empty `src` is an empty frame or a missing image, not a link to the page itself.
  const addUnlessEmpty = (href: string | null, kind: LinkKind, rel: string, element: string): void => {
    if (href !== '') add(href, kind, rel, element);
  };

  // A fragment alone refers to a part of this page, for example a gradient.
  const addPart = (href: string | null, kind: LinkKind, rel: string, element: string): void => {
    if (href !== null && !isLocal(href)) addUnlessEmpty(href, kind, rel, element);
  };

  const onLink = (attributes: Attributes): void => {
    const rel = relOf(attributes);
    const kind = kindOfRel(rel, attributes.value('type') ?? '') ?? 'metadata';
    if (kind === 'canonical') hasCanonical = true;
    if (requisites || leadsToPage(kind)) addUnlessEmpty(attributes.value('href'), kind, rel, 'link');
  };

  return {
    onTag(element, attributes, isForeign) {
      if (requisites) addStyles(attributes.value('style'), element, addPart);
      if (requisites && !isForeign) addLazyImages(element, attributes, addPart);
      if (element === 'a') {
        const href = attributes.value('href') ?? (isForeign ? attributes.value('xlink:href') : null);
        return add(href, 'navigation', relOf(attributes), element);
      }
      // In svg and math only `a` leads to pages. Other elements there only share the name of an HTML element.
      if (!isForeign) {
        switch (element) {
          case 'area':
            return add(attributes.value('href'), 'navigation', relOf(attributes), element);
          case 'iframe':
          case 'frame':
            addUnlessEmpty(attributes.value('src'), 'frame', '', element);
            addUnlessEmpty(attributes.value('data-src'), 'frame', '', element);
            addUnlessEmpty(attributes.value('data-lazy-src'), 'frame', '', element);
            break;
          case 'link':
            onLink(attributes);
            break;
          case 'base':
            // The first base with an href counts (HTML standard, section 4.2.3).
            baseHref ??= attributes.value('href');
            return;
          case 'meta':
            texts.onMeta(attributes);
            add(refreshOf(attributes), 'refresh', '', element);
            break;
          case 'html':
            texts.onHtml(attributes);
            break;
          case 'script':
            isJsonLd = attributes.value('type')?.trim().toLowerCase() === 'application/ld+json';
            break;
        }
      }
      if (requisites) addRequisites(element, attributes, isForeign, addPart);
    },
    onText(element, text) {
      if (element === 'style') addStyles(text, element, addPart);
      if (element !== 'script' || !isJsonLd) return;
      for (const url of jsonLdUrls(text)) add(url, 'metadata', '', element);
    },
    finish(encode) {
      const joinPage = joinTo(page) ?? joinNothing;
      const links = headerLinks(context, joinPage, requisites, unkept);
      const bad: BadLink[] = [];
      if (baseHref !== null) noteBad(bad, baseHref, 'base');
      const { base, join } = baseOf(page, joinPage, baseHref, joinTo);
      const joinEncoded = encode === null ? join : (href: string) => join(encode(href));
      const joined = joinLinks(hrefs, { links, bad, unkept }, joinEncoded, base.length, turn);
      const found = (): Found => {
        return { links, bad, unkept, base, canonical: hasCanonical ? canonicalOf(links) : '' };
      };
      return joined instanceof Promise ? joined.then(found) : found();
    },
  };
}

const joinNothing: Join = () => null;

// A base does not count if it cannot be joined to the page's URL, or is too long for any link to be requested.
function baseOf(page: string, joinPage: Join, href: string | null, joinTo: JoinTo): { base: string; join: Join } {
  const base = href === null || href.length > URL_LENGTH_MAX ? null : joinPage(href);
  const join = base === null ? null : joinTo(base);
  return base === null || join === null ? { base: page, join: joinPage } : { base, join };
}

/** The first canonical URL among the links; empty if there is none. */
export function canonicalOf(links: readonly Link[]): string {
  return links.find(({ kind }) => kind === 'canonical')?.url ?? '';
}

function relOf(attributes: Attributes): string {
  return attributes.value('rel')?.toLowerCase() ?? '';
}

function refreshOf(attributes: Attributes): string | null {
  if (attributes.value('http-equiv')?.toLowerCase() !== 'refresh') return null;
  return refreshTarget(attributes.value('content') ?? '');
}
