// Decides which attributes of a page's tags are links, and of what kind. To support another element that leads to
// pages, add a line to PAGES and a case to `onTag`. Elements that do not lead to pages are in requisites.ts.

import type { BadLink, Link, ParseContext, ParsedPage } from '../../base/contracts.ts';
import { asciiUrl } from '../../base/headers.ts';
import { SRCDOC_DEPTH_MAX, URL_LENGTH_MAX } from '../../base/limits.ts';
import { leadsToPage } from '../../base/link-kind.ts';
import { isLocal } from '../css/css.ts';
import { encodingNamed } from '../encoding-name.ts';
import { headerLinks } from '../header-links.ts';
import {
  isFull,
  type Join,
  type JoinTo,
  joinLinks,
  noteBad,
  nothingUnkept,
  type Unjoined,
  type UnkeptCounts,
} from '../join-links.ts';
import { kindOfRel } from '../link-kinds.ts';
import { type AddLink, addStyles } from './add-styles.ts';
import type { Attributes } from './attributes.ts';
import type { Wanted, WantedElements } from './elements.ts';
import { jsonLdUrls } from './json-ld.ts';
import { addLazyImages } from './lazy-images.ts';
import type { TextCollector } from './page-text.ts';
import { isSoon, refreshTarget } from './refresh.ts';
import {
  ANY_ELEMENT,
  ANY_FOREIGN,
  addRequisites,
  FRAMES,
  withForeignRequisites,
  withRequisites,
} from './requisites.ts';

const PAGES: Wanted = {
  a: ['href', 'rel'],
  area: ['href', 'rel'],
  base: ['href'],
  link: ['href', 'rel', 'type'],
  iframe: [...FRAMES, 'srcdoc'],
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
export function wantedFor({ requisites, headings }: Wishes): Required<WantedElements> {
  const pages = headings ? { ...PAGES, ...HEADINGS } : PAGES;
  return requisites
    ? [withRequisites(pages), withForeignRequisites(FOREIGN_PAGES), ANY_ELEMENT, ANY_FOREIGN]
    : [pages, FOREIGN_PAGES, [], []];
}

/** What the tags of a page say about its links. */
export interface Found extends Pick<ParsedPage, 'links' | 'bad' | 'unkept' | 'base'> {
  /** Empty if the page names no canonical URL. */
  readonly canonical: string;
  /** As in `ParsedPage`; null if the page does not lead on. */
  readonly refresh: string | null;
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

/** Reads HTML that stands in an attribute. */
export type ReadInner = (html: string, sink: Pick<LinkCollector, 'onTag' | 'onText'>) => void;

/** Gathers the links of a page and of its header. */
export function collectLinks(
  context: ParseContext,
  joinTo: JoinTo,
  { requisites }: Wishes,
  texts: TextCollector,
  readInner: ReadInner,
  turn: () => Promise<void>,
): LinkCollector {
  const unkept = nothingUnkept();
  const { url: page, linkHeaders = [] } = context;
  const joinPage = joinTo(page) ?? joinNothing;
  const baseFor = (href: string | null) => baseOf(page, joinPage, href, joinTo);
  // Links stay unjoined until the end: a base may still come, and it applies to the whole page.
  const tags = gatherTags({ requisites, texts, unkept, readInner, baseFor }, 0);
  return {
    onTag: tags.onTag,
    onText: tags.onText,
    finish(encode) {
      const { hrefs, told } = tags;
      const { baseHref } = told;
      const hasCanonical = told.hasCanonical || linkHeaders.length > 0;
      const links = headerLinks(context, joinPage, requisites, unkept);
      const bad: BadLink[] = [];
      if (baseHref !== null) noteBad(bad, baseHref, 'base');
      if ((baseHref?.length ?? 0) > URL_LENGTH_MAX) unkept.tooLong += 1;
      const { base, join } = baseFor(baseHref !== null && encode !== null ? encode(baseHref) : baseHref);
      const joinEncoded = encode === null ? join : (href: string) => join(encode(href));
      const joined = joinLinks(hrefs, { links, bad, unkept }, joinEncoded, base.length, turn);
      const said = soonOf(context.refreshes);
      const inPage = told.refresh === null ? null : joinEncoded(told.refresh);
      const refresh = said === null ? inPage : joinPage(asciiUrl(said));
      const found = (): Found => {
        const canonical = hasCanonical ? canonicalOf(links) : '';
        return { links, bad, unkept, base, canonical, refresh };
      };
      return joined instanceof Promise ? joined.then(found) : found();
    },
  };
}

interface TagWays extends Pick<Wishes, 'requisites'> {
  /** Null in a document within the page: its texts are not those of the page. */
  readonly texts: TextCollector | null;
  readonly unkept: UnkeptCounts;
  readonly readInner: ReadInner;
  readonly baseFor: (href: string | null) => { readonly base: string; readonly join: Join };
}

interface TagLinks extends Pick<LinkCollector, 'onTag' | 'onText'> {
  readonly hrefs: Unjoined[];
  /**
   * An object that changes, and not two getters: V8 gives each literal with a getter a shape of its own, which keeps
   * everything that the getter sees until the next full collection of garbage.
   */
  readonly told: {
    baseHref: string | null;
    hasCanonical: boolean;
    /** Where the page leads on by itself and soon, as written; null if it stays. */
    refresh: string | null;
  };
}

/** Gathers the links of the tags of a document. `depth`: in how many attributes it stands. */
function gatherTags(ways: TagWays, depth: number): TagLinks {
  const { requisites, texts, unkept } = ways;
  const hrefs: Unjoined[] = [];
  const told: TagLinks['told'] = { baseHref: null, hasCanonical: false, refresh: null };
  let isJsonLd = false;

  const add: AddLink = (href, kind, rel, element, charset): void => {
    if (href === null) return;
    if (isFull(hrefs)) unkept.dropped += 1;
    else if (charset === undefined) hrefs.push({ url: href, kind, rel, element });
    else hrefs.push({ url: href, kind, rel, element, charset });
  };
  // An empty `src` is an empty frame or a missing image, not a link to the page itself.
  const addUnlessEmpty: AddLink = (href, kind, rel, element, charset): void => {
    if (href !== '') add(href, kind, rel, element, charset);
  };

  // A fragment alone refers to a part of this page, for example a gradient.
  const addPart: AddLink = (href, kind, rel, element, charset): void => {
    if (href !== null && !isLocal(href)) addUnlessEmpty(href, kind, rel, element, charset);
  };

  const onLink = (attributes: Attributes): void => {
    const rel = relOf(attributes);
    const kind = kindOfRel(rel, attributes.value('type') ?? '') ?? 'metadata';
    if (kind === 'canonical') told.hasCanonical = true;
    if (requisites || leadsToPage(kind))
      addUnlessEmpty(attributes.value('href'), kind, rel, 'link', encodingNamed(attributes.value('charset')));
  };

  const onRefresh = (attributes: Attributes): void => {
    const content = attributes.value('content') ?? '';
    const target = refreshTarget(content);
    add(target, 'refresh', '', 'meta');
    // Only a browser without scripts follows one in `noscript`.
    if (isSoon(content) && !attributes.isInNoscript) told.refresh ??= target;
  };

  const onFrame = (attributes: Attributes, element: string): void => {
    for (const name of FRAMES) addUnlessEmpty(attributes.value(name), 'frame', '', element);
    const inner = element === 'iframe' ? attributes.value('srcdoc') : null;
    if (inner === null || depth === SRCDOC_DEPTH_MAX) return;
    for (const { url, kind, rel, element, charset = 'utf-8' } of innerLinks(inner, ways, depth))
      add(url, kind, rel, element, charset);
  };

  return {
    hrefs,
    told,
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
            onFrame(attributes, element);
            break;
          case 'link':
            onLink(attributes);
            break;
          case 'base':
            // The first base with an href counts (HTML standard, section 4.2.3).
            told.baseHref ??= attributes.value('href');
            return;
          case 'meta':
            texts?.onMeta(attributes);
            if (attributes.value('http-equiv')?.toLowerCase() !== 'refresh') break;
            onRefresh(attributes);
            break;
          case 'html':
            texts?.onHtml(attributes);
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
  };
}

/**
 * The links of a document in an attribute. Without a base of its own it has that of the page, and its queries are in
 * UTF-8 (HTML standard, section 4.8.5).
 */
function innerLinks(html: string, ways: TagWays, depth: number): Unjoined[] {
  const inner = gatherTags({ ...ways, texts: null }, depth + 1);
  ways.readInner(html, inner);
  const { hrefs, told } = inner;
  const { baseHref } = told;
  const join = baseHref === null ? null : ways.baseFor(baseHref).join;
  return hrefs.flatMap((link): Unjoined[] => {
    // What is said of the document is not said of the page.
    if (link.kind === 'canonical') return [];
    const url = join?.(link.url) ?? link.url.replace(/\?.*/s, escapedUtf8);
    return [{ ...link, url, kind: link.kind === 'refresh' ? 'frame' : link.kind }];
  });
}

function escapedUtf8(query: string): string {
  return query.replace(/[\u0080-\uffff]+/g, (text) => encodeURIComponent(text.toWellFormed()));
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

function soonOf(refreshes: readonly string[] = []): string | null {
  return (
    refreshes
      .filter(isSoon)
      .map(refreshTarget)
      .find((target) => target !== null) ?? null
  );
}
