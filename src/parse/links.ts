// What the tags of a page mean: which of their attributes are links, and of what kind. Another element is another line in WANTED
// and another case in `onTag`.

import type { Link, LinkKind, Links } from '../base/contracts.ts';
import { LINKS_PER_PAGE_MAX } from '../base/limits.ts';
import type { Attributes } from './attributes.ts';
import type { Wanted } from './html.ts';
import { refreshTarget } from './refresh.ts';

/** Joins a link to the base it was prepared for; null for what leads nowhere. */
export type Join = (href: string) => string | null;
/** Prepares the joining of links to a base; null where that is no absolute URL. */
export type JoinTo = (base: string) => Join | null;

export const WANTED: Wanted = {
  a: ['href', 'rel'],
  area: ['href', 'rel'],
  base: ['href'],
  link: ['href', 'rel', 'type'],
  iframe: ['src'],
  frame: ['src'],
  meta: ['content', 'http-equiv', 'name'],
};

/** Tokens of `rel` on a link element, the weightiest first; what is not here (dns-prefetch, pingback) leads to nothing. */
const REL_KINDS: readonly (readonly [LinkKind, string])[] = [
  ['style', 'stylesheet'],
  ['canonical', 'canonical'],
  ['alternate', 'alternate'],
  ['sitemap', 'sitemap'],
  ['requisite', 'icon apple-touch-icon apple-touch-icon-precomposed mask-icon preload modulepreload manifest prefetch'],
  [
    'navigation',
    'next prev first last start index contents help author license search up bookmark chapter section glossary copyright appendix me',
  ],
];
const KIND_OF_REL = new Map(REL_KINDS.flatMap(([kind, rels]) => rels.split(' ').map((rel) => [rel, kind] as const)));
const WEIGHT = new Map(REL_KINDS.map(([kind], i) => [kind, i]));
const FEED_TYPES = new Set([
  'application/rss+xml',
  'application/atom+xml',
  'application/feed+json',
  'application/json',
]);
const SPACES = /[\t\n\f\r ]+/;

/** What a page's tags say, but for what the whole page decides. */
export type Found = Omit<Links, 'charset' | 'title'>;

export interface LinkCollector {
  onTag(element: string, attributes: Attributes, isForeign: boolean): void;
  finish(): Found;
}

/** Gathers the links of the page at `page`. */
export function collectLinks(page: string, joinTo: JoinTo): LinkCollector {
  // Not joined yet: a base may still come, and it counts for the whole page.
  const hrefs: Link[] = [];
  let baseHref: string | null = null;
  let dropped = 0;
  let nofollow = false;

  const add = (href: string | null, kind: LinkKind, rel: string, element: string): void => {
    if (href === null) return;
    if (hrefs.length < LINKS_PER_PAGE_MAX) hrefs.push({ url: href, kind, rel, element });
    else dropped += 1;
  };

  return {
    onTag(element, attributes, isForeign) {
      if (element === 'a') add(attributes.value('href'), 'navigation', relOf(attributes), element);
      // In svg and math only `a` is a link; the others are elements that happen to have these names.
      if (isForeign) return;
      switch (element) {
        case 'area':
          return add(attributes.value('href'), 'navigation', relOf(attributes), element);
        case 'iframe':
        case 'frame':
          // An empty `src` is an empty frame, not the page in itself.
          return add(attributes.value('src') || null, 'frame', '', element);
        case 'link': {
          const rel = relOf(attributes);
          const kind = kindOf(rel, attributes);
          return kind === null ? undefined : add(attributes.value('href') || null, kind, rel, element);
        }
        case 'base':
          // The first with an href counts (HTML standard, section 4.2.3).
          baseHref ??= attributes.value('href');
          return;
        case 'meta':
          nofollow ||= isNofollow(attributes);
          return add(refreshOf(attributes), 'refresh', '', element);
      }
    },
    finish() {
      const { base, join } = baseOf(page, baseHref, joinTo);
      const links: Link[] = [];
      for (const { url: href, kind, rel, element } of hrefs) {
        const url = join(href);
        if (url !== null && isHttp(url)) links.push({ url, kind, rel, element });
      }
      return { links, dropped, base, nofollow };
    },
  };
}

const joinNothing: Join = () => null;

// A base that cannot be joined to the page's URL is none.
function baseOf(page: string, href: string | null, joinTo: JoinTo): { base: string; join: Join } {
  const joinPage = joinTo(page) ?? joinNothing;
  const base = href === null ? null : joinPage(href);
  const join = base === null ? null : joinTo(base);
  return base === null || join === null ? { base: page, join: joinPage } : { base, join };
}

function relOf(attributes: Attributes): string {
  return attributes.value('rel')?.toLowerCase() ?? '';
}

function kindOf(rel: string, attributes: Attributes): LinkKind | null {
  const kinds = rel.split(SPACES).flatMap((token) => KIND_OF_REL.get(token) ?? []);
  const kind = kinds.reduce<LinkKind | null>((best, next) => {
    return best === null || WEIGHT.get(next)! < WEIGHT.get(best)! ? next : best;
  }, null);
  return kind === 'alternate' && FEED_TYPES.has(mediaType(attributes.value('type'))) ? 'feed' : kind;
}

function mediaType(type: string | null): string {
  return (type ?? '').split(';', 1)[0]!.trim().toLowerCase();
}

function refreshOf(attributes: Attributes): string | null {
  if (attributes.value('http-equiv')?.toLowerCase() !== 'refresh') return null;
  return refreshTarget(attributes.value('content') ?? '');
}

function isNofollow(attributes: Attributes): boolean {
  if (attributes.value('name')?.trim().toLowerCase() !== 'robots') return false;
  const directives = (attributes.value('content') ?? '').toLowerCase().split(/[\s,]+/);
  return directives.includes('nofollow') || directives.includes('none');
}

function isHttp(url: string): boolean {
  return url.startsWith('http://') || url.startsWith('https://');
}
