// Chains: addresses of one template that lead on and on. Each is a link deeper than the last, or a month later, and its
// page is like an earlier one but for its own number. A template is watched closely only once it is deep, has dates, or
// goes on and on while few of its pages wait.

import { CHAINS_READ_MAX, TEMPLATES_REMEMBERED_MAX } from '../base/limits.ts';
import type { Address } from './address.ts';
import { BoundedMap } from './bounded-map.ts';
import { withoutCalendar } from './dates.ts';

/** Links below the first page of a template from which on its pages are watched. */
const DEEP_LINKS = 32;
/** Links below the last page with anything new at which the rest of the template is set aside. */
const BARREN_LINKS_MOST = 320;
/** A year beyond all others. It is a small integer, because there are many chains. */
const NEVER = 1_000_000;
/** Different pages of a template that are remembered. */
const CONTENTS_MOST = 1_024;
/** Dated pages of a template before it is watched. */
const DATED_PAGES = 8;
/** Dated pages without anything new before the template is judged by its years. */
const BARREN_DATES = 24;
/**
 * Dated pages of paths that begin alike, without anything new, before all of these are set aside. A blog of twenty
 * years has fewer months.
 */
const BARREN_DATES_MOST = 272;
/**
 * The pages of an archive all stand as many links below a root, those of a calendar without end ever deeper. So dates
 * are set aside only so many links below the page that was the last of the first `BARREN_DATES`.
 */
const DEEPER_LINKS = 3;
/**
 * Or anywhere, once so many pages that say nothing new led to more of their calendar, and as many again did from deeper
 * below: a month that links to all months of its year and the next has hundreds of days at one depth.
 */
const LEADING_DATES = 8;
/**
 * Of a chain at most one page in this many may have been found elsewhere: threads of a few pages each are many chains,
 * and all of them end.
 */
const BEGINNINGS_SHARE = 16;
/**
 * A chain is narrow if it never led to more pages than this that were still to be requested. A tree of pages or a list
 * of products is wider. It is watched after `NARROW_PAGES`.
 */
const WIDTH_MOST = 128;
const NARROW_PAGES = 64;
/** Years that are always requested: around this year, and around the years with anything new. */
const YEARS_BEFORE_NOW = 25;
const YEARS_AFTER_NOW = 5;
const YEARS_BEYOND = 10;
/** How many barren pages one page with something new outweighs. */
const NEW_WEIGHT = 16;

interface Chain {
  pages: number;
  firstDepth: number;
  /** New URLs of the template that its pages led to, and the most of them that waited at any time. */
  ledTo: number;
  width: number;
  /** The depth of the deepest page with anything new. */
  newDepth: number;
  /** Pages that say nothing new, wherever they lead. Each page that does takes `NEW_WEIGHT` off. */
  silent: number;
  /** Pages with a date and without anything new. Each page with something new takes `NEW_WEIGHT` off. */
  barren: number;
  /** The depth of the page with which they became `BARREN_DATES`. */
  barrenDepth: number;
  /** Those of them that led to more dates, the depth of the first ones, and how many were deeper. */
  leadingDates: number;
  leadingDepth: number;
  deeperDates: number;
  /**
   * Pages without anything new, dated or not, that led to more of their template. A page that leads nowhere is an end,
   * not part of a chain, if the chain is not narrow.
   */
  leading: number;
  /** The first and the last year of pages with anything new. */
  yearMin: number;
  yearMax: number;
}

type Barren = Pick<Chain, 'barren' | 'barrenDepth' | 'leadingDates' | 'leadingDepth' | 'deeperDates'>;

/** One page of a template, with what this rule needs. */
export interface ChainPage {
  readonly address: Address;
  readonly depth: number;
  /** Hashes of what the page says and shows itself; null if they are not all known. */
  readonly words: Uint32Array | null;
  /** Hashes of the words that the page has from its address and those of its neighbours. */
  readonly ownWords: () => ReadonlySet<number>;
  /** The page led to a new URL of another template, and not of a calendar that says nothing new. */
  readonly leadsElsewhere: boolean;
  /** The page led to any new URL. */
  readonly leadsOn: boolean;
  /** The new URLs of its own template to which the page led. */
  readonly onward: number;
}

export class Chains {
  readonly #chains = new BoundedMap<number, Chain>(TEMPLATES_REMEMBERED_MAX);
  /** Pages with a date and without anything new, of paths that begin alike. */
  readonly #calendars = new BoundedMap<number, Barren>(TEMPLATES_REMEMBERED_MAX);
  readonly #contents = new BoundedMap<number, Set<number>>(CHAINS_READ_MAX);
  readonly #yearNow: () => number;

  constructor(yearNow: () => number) {
    this.#yearNow = yearNow;
  }

  /** Whether the words of a page are needed. */
  isWatched(address: Address, depth: number): boolean {
    const chain = this.#chains.get(address.templateKey);
    if (chain === undefined) return false;
    if (depth >= chain.firstDepth + DEEP_LINKS || (chain.pages >= NARROW_PAGES && isNarrow(chain))) return true;
    return chain.pages >= DATED_PAGES && address.year !== null;
  }

  /** Whether the pages of a calendar say nothing new, so that a link to it is not worth anything. */
  isSilent({ templateKey }: Address): boolean {
    return (this.#chains.get(templateKey)?.silent ?? 0) >= BARREN_DATES;
  }

  learn(page: ChainPage): void {
    const { address, depth, leadsElsewhere, onward } = page;
    const isWatched = this.isWatched(address, depth);
    const chain = this.#chains.touch(address.templateKey, () => newChain(depth));
    chain.pages += 1;
    chain.firstDepth = Math.min(chain.firstDepth, depth);
    chain.ledTo += onward;
    chain.width = Math.max(chain.width, chain.ledTo - chain.pages);
    const isSilent = isWatched && !this.#saysNew(page);
    chain.silent = isSilent ? chain.silent + 1 : Math.max(0, chain.silent - NEW_WEIGHT);
    if (isSilent && !leadsElsewhere) {
      if (address.year !== null) this.#countDate(chain, page, 1);
      if (onward > 0 || isNarrow(chain)) chain.leading += 1;
      return;
    }
    chain.leading = Math.max(0, chain.leading - NEW_WEIGHT);
    if (chain.leading === 0) chain.newDepth = Math.max(chain.newDepth, depth);
    const year = isWatched ? address.year : null;
    if (year === null) return;
    this.#countDate(chain, page, -NEW_WEIGHT);
    chain.yearMin = Math.min(chain.yearMin, year);
    chain.yearMax = Math.max(chain.yearMax, year);
  }

  #countDate(chain: Chain, page: ChainPage, by: number): void {
    countBarren(chain, page, by);
    const { startKey, endsInNumber } = page.address;
    // An article with a date in its address is no page of a calendar.
    if (endsInNumber) countBarren(this.#calendars.touch(startKey, newBarren), page, by);
  }

  /**
   * Whether no earlier page of the template has just these words. Those that the page has from its address and those of
   * its neighbours do not count, and those that every calendar has do not count for a date.
   */
  #saysNew({ address: { templateKey, year }, words, ownWords }: ChainPage): boolean {
    if (words === null) return true;
    const contents = this.#contents.touch(templateKey, () => new Set());
    const own = ownWords();
    const others = [...words].filter((word) => !own.has(word));
    let content = 0;
    for (const word of year === null ? others : withoutCalendar(others)) content += word;
    if (contents.has(content)) return false;
    if (contents.size < CONTENTS_MOST) contents.add(content);
    return true;
  }

  /**
   * Why the URL is not worth requesting, in words; null if it is. `found` says how many URLs of its template pages have
   * led to.
   */
  trapIn(address: Address, depth: number, found: () => number): string | null {
    const chain = this.#chains.get(address.templateKey);
    if (chain === undefined) return null;
    const isBarren = chain.barren >= BARREN_DATES && (isDeeper(chain, depth) || this.#leadsDeeper(address));
    const year = isBarren ? address.year : null;
    if (year !== null && address.endsInNumber && (isEmpty(chain, depth) || this.#isEmptyCalendar(address, depth))) {
      return `${address.template}: a calendar of which ${BARREN_DATES_MOST} pages say nothing new`;
    }
    if (year !== null) {
      const { from, to } = yearsOf(chain, this.#yearNow());
      if (year < from || year > to)
        return `${address.template}: a calendar that says nothing new before ${from} and after ${to}`;
    }
    if (chain.leading < BARREN_LINKS_MOST || !isFoundOnItself(chain, found())) return null;
    if (isNarrow(chain))
      return `${address.template}: on ${BARREN_LINKS_MOST} pages one after the other nothing is new but their own numbers`;
    if (depth <= chain.newDepth + BARREN_LINKS_MOST) return null;
    return `${address.template}: over ${BARREN_LINKS_MOST} links in a row nothing on its pages is new but their own numbers`;
  }

  #isEmptyCalendar({ startKey }: Address, depth: number): boolean {
    const calendar = this.#calendars.get(startKey);
    return calendar !== undefined && isEmpty(calendar, depth);
  }

  #leadsDeeper({ startKey, endsInNumber }: Address): boolean {
    return endsInNumber && (this.#calendars.get(startKey)?.deeperDates ?? 0) >= LEADING_DATES;
  }
}

function countBarren(dates: Barren, { depth, leadsOn }: ChainPage, by: number): void {
  if (dates.barren < BARREN_DATES) dates.barrenDepth = depth;
  dates.barren = Math.max(0, dates.barren + by);
  if (dates.barren === 0) {
    dates.leadingDates = 0;
    dates.deeperDates = 0;
  } else if (by > 0 && leadsOn) {
    dates.leadingDates += 1;
    if (dates.leadingDates <= LEADING_DATES) dates.leadingDepth = depth;
    else if (depth > dates.leadingDepth) dates.deeperDates += 1;
  }
}

/** Whether these dates say nothing new, so far that a URL at this depth will not either. */
function isEmpty(dates: Barren, depth: number): boolean {
  return dates.barren >= BARREN_DATES_MOST && (isDeeper(dates, depth) || dates.deeperDates >= LEADING_DATES);
}

/** Whether a URL is deeper below a root than the first pages that said nothing new. */
function isDeeper({ barrenDepth }: Barren, depth: number): boolean {
  return depth >= barrenDepth + DEEPER_LINKS;
}

/** Whether nearly all URLs of the chain, those in flight too, were found on one before. */
function isFoundOnItself({ pages, ledTo }: Chain, found: number): boolean {
  const all = Math.max(pages, found);
  return (all - ledTo) * BEGINNINGS_SHARE <= all;
}

/** Whether it is a series of pages, most of which were found on one before. */
function isNarrow({ pages, ledTo, width }: Chain): boolean {
  return width <= WIDTH_MOST && ledTo * 2 >= pages;
}

/** The years of a calendar that are requested whatever its pages say. */
function yearsOf({ yearMin, yearMax }: Chain, now: number): { from: number; to: number } {
  return {
    from: Math.min(now - YEARS_BEFORE_NOW, yearMin - YEARS_BEYOND),
    to: Math.max(now + YEARS_AFTER_NOW, yearMax + YEARS_BEYOND),
  };
}

function newBarren(): Barren {
  return { barren: 0, barrenDepth: 0, leadingDates: 0, leadingDepth: 0, deeperDates: 0 };
}

function newChain(depth: number): Chain {
  return {
    ...newBarren(),
    pages: 0,
    firstDepth: depth,
    ledTo: 0,
    width: 0,
    newDepth: depth,
    silent: 0,
    leading: 0,
    yearMin: NEVER,
    yearMax: -NEVER,
  };
}
