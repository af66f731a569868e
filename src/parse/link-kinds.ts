// The kind of a link by its `rel`, on a link element or in a Link header.

import type { LinkKind } from '../base/contracts.ts';

/**
 * Tokens of `rel`, the most important kind first. A token that is missing here (dns-prefetch, pingback) neither leads
 * to a page nor belongs to one.
 */
const REL_KINDS: readonly (readonly [LinkKind, string])[] = [
  ['style', 'stylesheet'],
  ['canonical', 'canonical'],
  ['alternate', 'alternate'],
  ['sitemap', 'sitemap'],
  [
    'requisite',
    `icon apple-touch-icon apple-touch-icon-precomposed apple-touch-startup-image mask-icon preload modulepreload manifest
prefetch`,
  ],
  [
    'navigation',
    'next prev first last start index contents help author license search up bookmark chapter section glossary copyright appendix me',
  ],
];
const KIND_OF_REL = new Map(REL_KINDS.flatMap(([kind, rels]) => rels.split(/\s/).map((rel) => [rel, kind] as const)));
const WEIGHT = new Map(REL_KINDS.map(([kind], i) => [kind, i]));
const FEED_TYPES = new Set([
  'application/rss+xml',
  'application/atom+xml',
  'application/feed+json',
  'application/json',
]);
/** The kind of a link by its `rel`, in lower case, and its `type`; null if it leads nowhere. */
export function kindOfRel(rel: string, type: string): LinkKind | null {
  const kind = KIND_OF_REL.get(rel) ?? weightiest(rel.split(/[\t\n\f\r ]+/));
  return kind === 'alternate' && FEED_TYPES.has(mediaType(type)) ? 'feed' : kind;
}

function weightiest(tokens: readonly string[]): LinkKind | null {
  const kinds = tokens.flatMap((token) => KIND_OF_REL.get(token) ?? []);
  return kinds.reduce<LinkKind | null>((best, next) => {
    return best === null || WEIGHT.get(next)! < WEIGHT.get(best)! ? next : best;
  }, null);
}

function mediaType(type: string): string {
  return type.split(';', 1)[0]!.trim().toLowerCase();
}
