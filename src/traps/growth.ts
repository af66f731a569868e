// Areas of a host that feed themselves: their pages lead to more of the same and to nothing else. An area is watched
// closely only once its pages lead to more pages than they are. Then it is a trap if one of three combinations lasts
// long; real pages do not keep up any of them.
//
// - combinations: the pages say nothing new, and lead to variations of their own addresses, made of known words
// - unread words: the pages say nothing new, and no other page links to what they link to
// - unread names: no other page links to what they link to, and each page has words of its own; but all are built
// alike, and their names are words or tokens, not numbers

import { textHash, wordHash } from '../base/fingerprint.ts';
import { AREAS_REMEMBERED_MAX } from '../base/limits.ts';
import type { Address } from './address.ts';
import { BoundedMap } from './bounded-map.ts';
import { isToken, withoutEscapes } from './segments.ts';
import { isNumber, isNumberedFolder, partsOf, type Variation, variationOf } from './variations.ts';
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
const NAMED_PAGES = 700;
const OTHERWISE_WEIGHT = 16;
/**
 * By how much a page lowers the count if it links to what another page links to: the strongest sign that the area ends.
 */
const KNOWN_WEIGHT = 64;
/**
 * Pages with a sign count only if they are this many links below the first page of their area. Every page of a wide and
 * shallow area leads to its own leaves before the first leaf is requested: leaves two links below lists are not unread.
 */
const COMBINED_LINKS = 2;
const UNREAD_LINKS = 3;
/**
 * Of the links of a page, one in this many may be known by chance. It is not by chance if it leads to a page that was
 * had, because most of those that an endless area has led to still wait; unless the page says this many words, all read
 * before.
 */
const CHANCE_SHARE = 4;
const BABBLE_WORDS = 100;
/** The most links kept of one page, to tell which stand on the next page too. */
const LINKS_REMEMBERED_MOST = 1_000;
/** An area whose addresses have more words than this uses them to name pages, not to combine them. */
const WORDS_MOST = 1_024;
/** Different pages of an area that are remembered. */
const CONTENTS_MOST = 1_024;
/** Of the new links of a page, one in this many may be no variation of its address. */
const STRANGE_SHARE = 4;
/** A page with variations in one place alone is one of a list; it takes two places, or parts that are added. */
const PLACES_LEAST = 2;

export interface AreaPage {
  readonly address: Address;
  /** The number of links from a root. */
  readonly depth: number;
  /** Hashes of the page's words; null if they are not all known. */
  readonly words: Uint32Array | null;
  /** Those of them that are not about other pages. */
  readonly said: Uint32Array | null;
  /** Hashes of the words that the page has from its address, and of the numbers in those of its links. */
  readonly ownWords: () => ReadonlySet<number>;
  readonly structure: number;
  /** How many new URLs the page led to, inside its area and outside. */
  readonly newHere: number;
  readonly newElsewhere: number;
  /** The page's links as numbers; empty if the area is not watched. */
  readonly links: readonly number[];
  /** One of its links that were not on the page before leads to a page of the area that was had. */
  readonly hasWayBack: boolean;
  /** How many of its links that stay in the area were not on the page before; counted until there are too many. */
  readonly unmetHere: number;
  /** Some of its links that stay in the area, and some of those that were new. */
  readonly near: readonly Address[];
  readonly fresh: readonly Address[];
}

/** A number, but not one in the escapes of letters beyond ASCII. */
const NUMBERED_NAME = /^(?:[^%]|%[\da-f]{2})*?\d/i;
const NO_LINKS: ReadonlySet<number> = new Set();

class Area {
  /** The fewest links from a root to a page of the area. */
  firstDepth: number;
  leading = 0;
  combined = 0;
  unread = 0;
  named = 0;
  /** The most parts of an address whose page led to new ones. */
  longest = 0;
  structure = 0;
  readonly words = new Vocabulary();
  /** The words in its addresses, at most `WORDS_MOST`. */
  readonly parts = new Set<number>();
  /** What its pages said, as a number each. */
  readonly contents = new Set<number>();
  /** The links of the previous page. Links that stand on both pages belong to the frame of the site. */
  linksBefore = NO_LINKS;

  constructor(firstDepth: number) {
    this.firstDepth = firstDepth;
  }
}

export class Growth {
  readonly #areas = new BoundedMap<number, Area>(AREAS_REMEMBERED_MAX);
  readonly #firstDepthMost: number;

  /** `hasBegun`: others may have requested the first pages of any area, as an earlier run has, or another worker. */
  constructor(hasBegun = false) {
    this.#firstDepthMost = hasBegun ? 1 : Number.POSITIVE_INFINITY;
  }

  /** Whether the words of a page and its links are needed. */
  isWatched({ areaKey }: Address): boolean {
    return (this.#areas.get(areaKey)?.leading ?? 0) >= LEADING_PAGES;
  }

  /** The links of the previous page of the area, as numbers. */
  linksBefore({ areaKey }: Address): ReadonlySet<number> {
    return this.#areas.get(areaKey)?.linksBefore ?? NO_LINKS;
  }

  learn(page: AreaPage): void {
    const area = this.#areas.touch(page.address.areaKey, () => new Area(Math.min(page.depth, this.#firstDepthMost)));
    const isWatched = area.leading >= LEADING_PAGES;
    const grown = area.leading + Math.min(page.newHere, 2) - 1;
    area.leading = Math.max(0, Math.min(grown, LEADING_PAGES * 2));
    area.firstDepth = Math.min(area.firstDepth, page.depth);
    if (isWatched && page.words !== null) judge(area, page, page.words);
    rememberWords(area, page.address);
    if (page.newHere > 0) area.longest = Math.max(area.longest, partsOf(page.address)?.length ?? 0);
  }

  /** Why the URL is not worth requesting, in words; null if it is. */
  trapIn(address: Address): string | null {
    const area = this.#areas.get(address.areaKey);
    if (area === undefined) return null;
    if (area.unread >= UNREAD_PAGES)
      return `${address.area}: its pages say nothing new, and link to more of them that nothing else links to`;
    if (area.named >= NAMED_PAGES)
      return `${address.area}: its pages are built alike, and link to more of them that nothing else links to`;
    if (area.combined < COMBINED_PAGES || !isCombined(area, address)) return null;
    return `${address.area}: combinations of what was met before, whose pages say nothing new`;
  }
}

function judge(area: Area, page: AreaPage, words: Uint32Array): void {
  const isRead = !area.words.isRich && area.words.addAll(words) === 0;
  const known = page.unmetHere - page.newHere;
  area.linksBefore = new Set(page.links.slice(0, LINKS_REMEMBERED_MOST));
  const isAlike = page.structure === area.structure;
  area.structure = page.structure;
  const { name, fields } = page.address;
  const isNamed = fields.length === 0 && (!NUMBERED_NAME.test(name) || isToken(name));
  const isBarren = page.newElsewhere === 0;
  const steering = isBarren ? steeringOf(page) : null;
  const isRepeated = isBarren && !saysNew(area, page) && !nameNew(area, page.fresh);
  const links = page.depth - area.firstDepth;
  const isSteering = steering !== null && links >= steering;
  area.combined = counted(area.combined, isRepeated, OTHERWISE_WEIGHT, isSteering);
  const isBabble = isRead && (page.said?.length ?? 0) >= BABBLE_WORDS;
  // Names that are picked at random are picked again now and then.
  const areFew = known * CHANCE_SHARE <= page.newHere;
  const weight = areFew ? OTHERWISE_WEIGHT : KNOWN_WEIGHT;
  // An area with one new link per page is a chain; chains.ts judges it.
  const isUnread = (known <= 0 || (areFew && (isBabble || !page.hasWayBack))) && isBarren && page.newHere > 1;
  area.unread = counted(
    area.unread,
    isUnread && isRead && (isNamed || !saysItsNumbers(page)),
    weight,
    links >= UNREAD_LINKS,
  );
  area.named = counted(area.named, isUnread && isAlike && isNamed, weight, links >= UNREAD_LINKS);
}

/** The count, one higher if `isSo` and `counts`. If not `isSo`, it is lower by the weight. */
function counted(count: number, isSo: boolean, weight: number, counts = true): number {
  return isSo ? count + (counts ? 1 : 0) : Math.max(0, count - weight);
}

/** Whether no earlier page of the area said and showed just this, apart from what is in the addresses. */
function saysNew({ contents }: Area, { said, ownWords }: AreaPage): boolean {
  if (said === null) return true;
  const own = ownWords();
  let content = 0;
  for (const word of said) if (!own.has(word)) content += word;
  if (contents.has(content)) return false;
  if (contents.size < CONTENTS_MOST) contents.add(content);
  return true;
}

/** Whether the new links have a word that no address of the area had. */
function nameNew(area: Area, links: readonly Address[]): boolean {
  return links.map((link) => rememberWords(area, link)).includes(true);
}

/** Whether the page says all the numbers of its address: a page that is numbered is another one for each number. */
function saysItsNumbers({ address, said }: AreaPage): boolean {
  const numbers = withoutEscapes(address.url.slice(address.host.length), ' ').match(/\d+/g);
  return numbers !== null && said !== null && numbers.every((number) => said.includes(wordHash(number)));
}

/**
 * Whether the page leads to variations of its own address, in more than one way: how many links below the first page of
 * its area it counts then; null if it does not. Where parts are added alone, it may be a folder.
 */
function steeringOf({ address, near, fresh }: AreaPage): number | null {
  const own = partsOf(address);
  if (own === null) return null;
  const variation = (to: Address): Variation | null => {
    const parts = isNumberedFolder(address, to) || to.hash === address.hash ? null : partsOf(to);
    return parts === null ? null : variationOf(own, parts);
  };
  const strange = fresh.filter((link) => variation(link) === null).length;
  if (strange * STRANGE_SHARE > fresh.length) return null;
  const ways = new Set(near.map(variation));
  if ([...ways].filter((way) => typeof way === 'number').length >= PLACES_LEAST) return COMBINED_LINKS;
  return ways.has('more') ? UNREAD_LINKS : null;
}

/**
 * Whether an address is made of known words, and of more parts than one. Where its path has three parts more than
 * any page that led to new ones, it is of another kind: it may be a leaf, below lists that all look alike.
 */
function isCombined({ parts, longest }: Area, address: Address): boolean {
  const own = parts.size >= WORDS_MOST ? null : partsOf(address);
  return (
    own !== null &&
    own.length > 1 &&
    (address.hasQuery || own.length <= longest + 2) &&
    own.every((part) => isNumber(part) || parts.has(textHash(part)))
  );
}

/** Whether the address has a new word. */
function rememberWords({ parts }: Area, address: Address): boolean {
  if (parts.size >= WORDS_MOST) return true;
  const { size } = parts;
  for (const part of partsOf(address) ?? []) if (!isNumber(part)) parts.add(textHash(part));
  return parts.size > size;
}
