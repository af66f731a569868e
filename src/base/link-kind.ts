// What kinds of links there are, and which of them lead to pages.

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

/** Kinds that lead to pages, or to files that list pages. */
const TO_PAGES: ReadonlySet<LinkKind> = new Set([
  'navigation',
  'frame',
  'canonical',
  'alternate',
  'feed',
  'sitemap',
  'refresh',
]);

/** The link leads to a page. Other links name a part of this page or are a remark on it. */
export function leadsToPage(kind: LinkKind): boolean {
  return TO_PAGES.has(kind);
}
