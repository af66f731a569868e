// Chains: addresses of one template that lead on and on. Each is a link deeper than the last, or a month later, and its
// page is like an earlier one but for its own number. A template is watched closely only once it is deep or has dates.

import { wordHash } from '../base/fingerprint.ts';
import { CHAINS_READ_MAX, TEMPLATES_REMEMBERED_MAX } from '../base/limits.ts';
import type { Address } from './address.ts';
import { BoundedMap } from './bounded-map.ts';

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
/** Dated pages without anything new before a calendar is set aside. A blog of twenty years has fewer months. */
const BARREN_DATES_MOST = 272;
/** Years that are always requested: around this year, and around the years with anything new. */
const YEARS_BEFORE_NOW = 25;
const YEARS_AFTER_NOW = 5;
const YEARS_BEYOND = 10;
/** How many barren pages one page with something new outweighs. */
const NEW_WEIGHT = 16;

/** Days, weeks, quarters and years. */
const CALENDAR_WORDS: ReadonlySet<number> = new Set(
  [
    ...Array.from({ length: 54 }, (_, number) => [`${number}`, `${number}`.padStart(2, '0'), `w${number}`]),
    ...Array.from({ length: 54 }, (_, number) => [`w${`${number}`.padStart(2, '0')}`, `q${number}`]),
    ...Array.from({ length: 1_500 }, (_, year) => [`${1_500 + year}`]),
  ]
    .flat()
    .map(wordHash),
);

interface Chain {
  pages: number;
  firstDepth: number;
  /** The depth of the deepest page with anything new. */
  newDepth: number;
  /** Pages with a date and without anything new. Each page with something new takes `NEW_WEIGHT` off. */
  barren: number;
  /**
   * Pages without anything new, dated or not, that led to more of their template. A page that leads nowhere is an end,
   * not part of a chain.
   */
  leading: number;
  /** The first and the last year of pages with anything new. */
  yearMin: number;
  yearMax: number;
}

/** One page of a template, with what this rule needs. */
export interface ChainPage {
  readonly address: Address;
  readonly depth: number;
  /** Hashes of the page's words; null if they are not all known. */
  readonly words: Uint32Array | null;
  /** Hashes of the words that the page has from its own address. */
  readonly ownWords: () => ReadonlySet<number>;
  /** The page led to a new URL of another template. */
  readonly leadsElsewhere: boolean;
  /** The page led to a new URL of its own template. */
  readonly leadsOn: boolean;
}

export class Chains {
  readonly #chains = new BoundedMap<number, Chain>(TEMPLATES_REMEMBERED_MAX);
  readonly #contents = new BoundedMap<number, Set<number>>(CHAINS_READ_MAX);
  readonly #yearNow: () => number;

  constructor(yearNow: () => number) {
    this.#yearNow = yearNow;
  }

  /** Whether the words of a page are needed. */
  isWatched(address: Address, depth: number): boolean {
    const chain = this.#chains.get(address.templateKey);
    if (chain === undefined) return false;
    return depth >= chain.firstDepth + DEEP_LINKS || (chain.pages >= DATED_PAGES && address.year !== null);
  }

  learn(page: ChainPage): void {
    const { address, depth, leadsElsewhere, leadsOn } = page;
    const isWatched = this.isWatched(address, depth);
    const chain = this.#chains.touch(address.templateKey, () => newChain(depth));
    chain.pages += 1;
    chain.firstDepth = Math.min(chain.firstDepth, depth);
    const isNew = !isWatched || this.#saysNew(page) || leadsElsewhere;
    if (!isNew) {
      if (address.year !== null) chain.barren += 1;
      if (leadsOn) chain.leading += 1;
    } else {
      chain.barren = Math.max(0, chain.barren - NEW_WEIGHT);
      chain.leading = Math.max(0, chain.leading - NEW_WEIGHT);
      if (chain.leading === 0) chain.newDepth = Math.max(chain.newDepth, depth);
      const year = isWatched ? address.year : null;
      if (year !== null) {
        chain.yearMin = Math.min(chain.yearMin, year);
        chain.yearMax = Math.max(chain.yearMax, year);
      }
    }
  }

  /**
   * Whether no earlier page of the template has just these words. Those that the page has from its own address do not
   * count, and those that every calendar has do not count for a date.
   */
  #saysNew({ address: { templateKey, year }, words, ownWords }: ChainPage): boolean {
    const isDated = year !== null;
    if (words === null) return true;
    const contents = this.#contents.touch(templateKey, () => new Set());
    const own = ownWords();
    let content = 0;
    for (const word of words) if (!own.has(word) && !(isDated && CALENDAR_WORDS.has(word))) content += word;
    if (contents.has(content)) return false;
    if (contents.size < CONTENTS_MOST) contents.add(content);
    return true;
  }

  /** Why the URL is not worth requesting, in words; null if it is. */
  trapIn(address: Address, depth: number): string | null {
    const chain = this.#chains.get(address.templateKey);
    if (chain === undefined) return null;
    const year = chain.barren >= BARREN_DATES ? address.year : null;
    if (year !== null && address.endsInNumber && chain.barren >= BARREN_DATES_MOST) {
      return `${address.template}: a calendar of which ${BARREN_DATES_MOST} pages say nothing new`;
    }
    if (year !== null) {
      const { from, to } = yearsOf(chain, this.#yearNow());
      if (year < from || year > to)
        return `${address.template}: a calendar that says nothing new before ${from} and after ${to}`;
    }
    if (chain.leading < BARREN_LINKS_MOST || depth <= chain.newDepth + BARREN_LINKS_MOST) return null;
    return `${address.template}: over ${BARREN_LINKS_MOST} links in a row nothing on its pages is new but their own numbers`;
  }
}

/** The years of a calendar that are requested whatever its pages say. */
function yearsOf({ yearMin, yearMax }: Chain, now: number): { from: number; to: number } {
  return {
    from: Math.min(now - YEARS_BEFORE_NOW, yearMin - YEARS_BEYOND),
    to: Math.max(now + YEARS_AFTER_NOW, yearMax + YEARS_BEYOND),
  };
}

function newChain(depth: number): Chain {
  return { pages: 0, firstDepth: depth, newDepth: depth, barren: 0, leading: 0, yearMin: NEVER, yearMax: -NEVER };
}
