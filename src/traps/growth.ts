// Areas of a host that feed themselves: their pages lead to more of the same and to nothing else. An area is watched
// closely only once its pages lead to more pages than they are. Then it is a trap if one of three combinations lasts
// long; real pages do not keep up any of them.
//
// - combinations: the pages say nothing new, and their addresses combine parts that were met before in other places
// - unread words: the pages say nothing new, and no other page links to what they link to
// - unread names: no other page links to what they link to, and each page has words of its own; but all are built
// alike, and their names are words or tokens, not numbers

import { textHash } from '../base/fingerprint.ts';
import { AREAS_REMEMBERED_MAX } from '../base/limits.ts';
import { type Address, namesOf } from './address.ts';
import { BoundedMap } from './bounded-map.ts';
import { isToken } from './segments.ts';
import { Vocabulary } from './vocabulary.ts';

/**
 * An area is watched once the pages that lead to two new pages outnumber those that lead to no new page by this many.
 */
const LEADING_PAGES = 64;
/**
 * How high the count of pages with a sign must be to make a trap, for each of the three signs. A page without the sign
 * lowers the count by `OTHERWISE_WEIGHT`.
 */
const COMBINED_PAGES = 256;
const UNREAD_PAGES = 256;
const NAMED_PAGES = 800;
const OTHERWISE_WEIGHT = 16;
/**
 * By how much a page lowers the count if it links to what another page links to: the strongest sign that the area ends.
 */
const KNOWN_WEIGHT = 64;
/** The most links kept of one page, to tell which stand on the next page too. */
const LINKS_REMEMBERED_MOST = 1_000;
/** The fewest different lists of parameter names that the queries of an area must have. */
const NAME_LISTS_LEAST = 2;
const NAME_LISTS_MOST = 64;
const COMBINED_SEGMENTS_MOST = 32;
/** An area whose addresses have more parts than this uses them to name pages, not to combine them. */
const PARTS_MOST = 1_024;

export interface AreaPage {
  readonly address: Address;
  /** Hashes of the page's words; null if they are not all known. */
  readonly words: Uint32Array | null;
  readonly structure: number;
  /** How many new URLs the page led to, inside its area and outside. */
  readonly newHere: number;
  readonly newElsewhere: number;
  /** The page's links as numbers; empty if the area is not watched. */
  readonly links: readonly number[];
  /** How many of its links that stay in the area were not on the page before; counted until there are too many. */
  readonly unmetHere: number;
}

const NO_LINKS: ReadonlySet<number> = new Set();

class Area {
  leading = 0;
  combined = 0;
  unread = 0;
  named = 0;
  structure = 0;
  readonly words = new Vocabulary();
  /** The parts of its addresses, each alone and with its position. It stays empty beyond `PARTS_MOST`. */
  readonly parts = new Set<number>();
  readonly lists = new Set<string>();
  /** The links of the previous page. Links that stand on both pages belong to the frame of the site. */
  linksBefore = NO_LINKS;
}

export class Growth {
  readonly #areas = new BoundedMap<number, Area>(AREAS_REMEMBERED_MAX);

  /** Whether the words of a page and its links are needed. */
  isWatched({ areaKey }: Address): boolean {
    return (this.#areas.get(areaKey)?.leading ?? 0) >= LEADING_PAGES;
  }

  /** The links of the previous page of the area, as numbers. */
  linksBefore({ areaKey }: Address): ReadonlySet<number> {
    return this.#areas.get(areaKey)?.linksBefore ?? NO_LINKS;
  }

  learn(page: AreaPage): void {
    const area = this.#areas.touch(page.address.areaKey, () => new Area());
    const isWatched = area.leading >= LEADING_PAGES;
    const grown = area.leading + Math.min(page.newHere, 2) - 1;
    area.leading = Math.max(0, Math.min(grown, LEADING_PAGES * 2));
    if (isWatched && page.words !== null) judge(area, page, page.words);
    rememberParts(area, page.address);
  }

  /** Why the URL is not worth requesting, in words; null if it is. */
  trapIn(address: Address): string | null {
    const area = this.#areas.get(address.areaKey);
    if (area === undefined) return null;
    if (area.unread >= UNREAD_PAGES)
      return `${address.area}: its pages say nothing new, and link to more of them that nothing else links to`;
    if (area.named >= NAMED_PAGES)
      return `${address.area}: its pages are built alike, and link to more of them that nothing else links to`;
    if (area.combined < COMBINED_PAGES || !areCombined(area, address)) return null;
    return `${address.area}: combinations of what was met before, whose pages say nothing new`;
  }
}

function judge(area: Area, page: AreaPage, words: Uint32Array): void {
  const isRead = !area.words.isRich && area.words.addAll(words) === 0;
  const isBarren = page.newElsewhere === 0;
  const known = page.unmetHere - page.newHere;
  area.linksBefore = new Set(page.links.slice(0, LINKS_REMEMBERED_MOST));
  const isAlike = page.structure === area.structure;
  area.structure = page.structure;
  const { name, fields } = page.address;
  const isNamed = fields.length === 0 && (!/\d/.test(name) || isToken(name));
  area.combined = counted(area.combined, isRead && isBarren, OTHERWISE_WEIGHT, areCombined(area, page.address));
  const weight = known > 0 ? KNOWN_WEIGHT : OTHERWISE_WEIGHT;
  // An area with one new link per page is a chain; chains.ts judges it.
  const isUnread = known <= 0 && isBarren && page.newHere > 1;
  area.unread = counted(area.unread, isUnread && isRead, weight);
  area.named = counted(area.named, isUnread && isAlike && isNamed, weight);
}

/** The count, one higher if `isSo` and `counts`. If not `isSo`, it is lower by the weight. */
function counted(count: number, isSo: boolean, weight: number, counts = true): number {
  return isSo ? count + (counts ? 1 : 0) : Math.max(0, count - weight);
}

/**
 * Whether an address consists of parts that were met before. Half of the parts of a path must have been met in other
 * positions.
 */
function areCombined(area: Area, address: Address): boolean {
  if (area.parts.size >= PARTS_MOST) return false;
  const { segments, fields } = address;
  if (fields.length > 0) {
    const isMet = fields.length > 1 && fields.every((field) => area.parts.has(textHash(field)));
    return isMet && area.lists.size >= NAME_LISTS_LEAST;
  }
  const parts = segments.filter((segment) => segment !== '');
  if (parts.length < 2 || parts.length > COMBINED_SEGMENTS_MOST) return false;
  if (!parts.slice(1).every((part) => area.parts.has(textHash(part)))) return false;
  const moved = parts.filter((part, at) =>
    placesOf(parts.length, at).some((place) => area.parts.has(textHash(`${place}/${part}`))),
  );
  return moved.length * 2 >= parts.length;
}

function placesOf(length: number, own: number): number[] {
  return Array.from({ length: length + 1 }, (_, at) => at).filter((at) => at !== own);
}

function rememberParts(area: Area, address: Address): void {
  if (area.parts.size >= PARTS_MOST) return;
  const { segments, fields } = address;
  for (const field of fields) area.parts.add(textHash(field));
  if (fields.length > 0) {
    if (area.lists.size < NAME_LISTS_MOST) area.lists.add(namesOf(fields).join('&'));
    return;
  }
  for (const [at, part] of segments.filter((segment) => segment !== '').entries()) {
    area.parts.add(textHash(part));
    area.parts.add(textHash(`${at}/${part}`));
  }
}
