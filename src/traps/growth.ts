// Areas of a host that feed themselves: their pages lead to more of the same, and to nothing else. An area is looked at closely only once
// its pages lead to more than they are; then there are three things that no real pages do all at once for long.
//
//   combinations  the pages say nothing new, and their addresses are put together from parts that were met before, in other places
//   unread words  the pages say nothing new, and what they link to is linked from nowhere else
//   unread names  the same where each page has words of its own: all are built alike, and named by words or tokens, not by numbers

import { hashPair } from '../base/fingerprint.ts';
import { AREAS_REMEMBERED_MAX } from '../base/limits.ts';
import { type Address, isToken, namesOf } from './address.ts';
import { BoundedMap } from './bounded-map.ts';
import { Vocabulary } from './vocabulary.ts';

/** By so many pages those that lead to two new ones must outweigh those that lead to no new one, before an area is looked at. */
const LEADING_PAGES = 32;
/** Pages in a row, and what one that is otherwise weighs against them. */
const COMBINED_PAGES = 256;
const UNREAD_PAGES = 256;
const NAMED_PAGES = 512;
const OTHERWISE_WEIGHT = 16;
/** A page that links to what another page links to: the strongest sign that there is an end. */
const KNOWN_WEIGHT = 64;
/** Of one page, to tell what stands on the next one too. */
const LINKS_REMEMBERED_MOST = 1_000;
/** Lists of names that the queries of an area must have. */
const NAME_LISTS_LEAST = 2;
const NAME_LISTS_MOST = 64;
const COMBINED_SEGMENTS_MOST = 32;
/** An area whose addresses have more parts than that names its pages, and combines nothing. */
const PARTS_MOST = 1_024;

export interface AreaPage {
  readonly address: Address;
  /** Hashes of its words; null where they are not known, or not all. */
  readonly words: Uint32Array | null;
  readonly structure: number;
  /** How many URLs that nobody knew it led to, in its area, and elsewhere. */
  readonly newHere: number;
  readonly newElsewhere: number;
  /** Its links that stay in the area, as numbers; nothing where it is not watched. */
  readonly linksHere: readonly number[];
}

class Area {
  leading = 0;
  combined = 0;
  unread = 0;
  named = 0;
  structure = 0;
  readonly words = new Vocabulary();
  /** What its addresses are put together from, by itself and with its place; of too much nothing is made. */
  readonly parts = new Set<number>();
  readonly lists = new Set<string>();
  /** Links of the page before: what stands on both is the frame of the pages. */
  linksBefore: ReadonlySet<number> = new Set();
}

export class Growth {
  readonly #areas = new BoundedMap<string, Area>(AREAS_REMEMBERED_MAX);

  /** Whether the words of a page and its links are wanted. */
  isWatched({ area }: Address): boolean {
    return (this.#areas.get(area)?.leading ?? 0) >= LEADING_PAGES;
  }

  learn(page: AreaPage): void {
    const area = this.#areas.touch(page.address.area, () => new Area());
    const isWatched = area.leading >= LEADING_PAGES;
    const grown = area.leading + Math.min(page.newHere, 2) - 1;
    area.leading = Math.max(0, Math.min(grown, LEADING_PAGES * 2));
    if (isWatched && page.words !== null) judge(area, page, page.words);
    rememberParts(area, page.address);
  }

  /** Why it is not worth asking for, in words. */
  trapIn(address: Address): string | null {
    const { area: name } = address;
    const area = this.#areas.get(name);
    if (area === undefined) return null;
    if (area.unread >= UNREAD_PAGES)
      return `${name}: its pages say nothing new, and link to more of them that nothing else links to`;
    if (area.named >= NAMED_PAGES)
      return `${name}: its pages are built alike, and link to more of them that nothing else links to`;
    if (area.combined < COMBINED_PAGES || !areCombined(area, address)) return null;
    return `${name}: combinations of what was met before, whose pages say nothing new`;
  }
}

function judge(area: Area, page: AreaPage, words: Uint32Array): void {
  const isRead = !area.words.isRich && area.words.addAll(words) === 0;
  const isBarren = page.newElsewhere === 0;
  const known = page.linksHere.filter((link) => !area.linksBefore.has(link)).length - page.newHere;
  area.linksBefore = new Set(page.linksHere.slice(0, LINKS_REMEMBERED_MOST));
  const isAlike = page.structure === area.structure;
  area.structure = page.structure;
  const { name, fields } = page.address;
  const isNamed = fields.length === 0 && (!/\d/.test(name) || isToken(name));
  area.combined = counted(area.combined, isRead && isBarren, OTHERWISE_WEIGHT, areCombined(area, page.address));
  const weight = known > 0 ? KNOWN_WEIGHT : OTHERWISE_WEIGHT;
  // One link a page is a chain, and judged as such.
  const isUnread = known <= 0 && isBarren && page.newHere > 1;
  area.unread = counted(area.unread, isUnread && isRead, weight);
  area.named = counted(area.named, isUnread && isAlike && isNamed, weight);
}

/** One more where it is so and counts; less by the weight where it is not. */
function counted(count: number, isSo: boolean, weight: number, counts = true): number {
  return isSo ? count + (counts ? 1 : 0) : Math.max(0, count - weight);
}

/** Whether an address is made of parts that were met before; those of a path in other places too. */
function areCombined(area: Area, { segments, fields }: Address): boolean {
  if (area.parts.size >= PARTS_MOST) return false;
  if (fields.length > 0) {
    const isMet = fields.length > 1 && fields.every((field) => area.parts.has(hashPair(field)));
    return isMet && area.lists.size >= NAME_LISTS_LEAST;
  }
  const parts = segments.filter((segment) => segment !== '');
  if (parts.length < 2 || parts.length > COMBINED_SEGMENTS_MOST) return false;
  if (!parts.slice(1).every((part) => area.parts.has(hashPair(part)))) return false;
  const moved = parts.filter((part, at) =>
    placesOf(parts.length, at).some((place) => area.parts.has(hashPair(`${place}/${part}`))),
  );
  return moved.length * 2 >= parts.length;
}

function placesOf(length: number, own: number): number[] {
  return Array.from({ length: length + 1 }, (_, at) => at).filter((at) => at !== own);
}

function rememberParts(area: Area, { segments, fields }: Address): void {
  if (area.parts.size >= PARTS_MOST) return;
  for (const field of fields) area.parts.add(hashPair(field));
  if (fields.length > 0) {
    if (area.lists.size < NAME_LISTS_MOST) area.lists.add(namesOf(fields).join('&'));
    return;
  }
  for (const [at, part] of segments.filter((segment) => segment !== '').entries()) {
    area.parts.add(hashPair(part));
    area.parts.add(hashPair(`${at}/${part}`));
  }
}
