// Addresses of one template that lead on and on: each a link deeper than the last, or a month later, with nothing on their pages that was
// not read before but their own number. A template is looked at closely only once it is deep, or is one of dates.

import { TEMPLATES_REMEMBERED_MAX, VOCABULARIES_MAX } from '../base/limits.ts';
import type { Address } from './address.ts';
import { BoundedMap } from './bounded-map.ts';
import { Vocabulary } from './vocabulary.ts';

/** So many links below the first of a template its pages are looked at, */
const DEEP_LINKS = 32;
/** and so many below the last page with anything new, the rest is set aside. */
const BARREN_LINKS_MOST = 320;
/** Pages of a template with a date before it is looked at, */
const DATED_PAGES = 8;
/** and without anything new before years are judged by it. */
const BARREN_DATES = 24;
/** Longer than a blog of twenty years has months. */
const BARREN_DATES_MOST = 272;
/** Years around this one, and around those with anything new, that are always asked for. */
const YEARS_BEFORE_NOW = 25;
const YEARS_AFTER_NOW = 5;
const YEARS_BEYOND = 10;
/** What one page with something new weighs against barren ones. */
const NEW_WEIGHT = 16;

interface Chain {
  pages: number;
  firstDepth: number;
  /** Of the deepest page with anything new. */
  newDepth: number;
  /** Pages with a date and without anything new; each page with something takes several off. */
  barren: number;
  /** The same, dated or not, of those that led to more of their template: a page that leads nowhere is an end, and no part of a chain. */
  leading: number;
  /** Of pages with anything new. */
  yearMin: number;
  yearMax: number;
}

/** One page of a template, as far as it matters here. */
export interface ChainPage {
  readonly address: Address;
  readonly depth: number;
  /** Hashes of its words; null where they are not known, or not all. */
  readonly words: Uint32Array | null;
  /** Hashes of the words that its own address gives it. */
  readonly ownWords: () => ReadonlySet<number>;
  /** It led to something that nobody knew, and that is of another template. */
  readonly leadsElsewhere: boolean;
  /** The same of its own template. */
  readonly leadsOn: boolean;
}

export class Chains {
  readonly #chains = new BoundedMap<string, Chain>(TEMPLATES_REMEMBERED_MAX);
  readonly #vocabularies = new BoundedMap<string, Vocabulary>(VOCABULARIES_MAX);
  readonly #yearNow: () => number;

  constructor(yearNow: () => number) {
    this.#yearNow = yearNow;
  }

  /** Whether the words of a page are wanted. */
  isWatched({ template, year }: Address, depth: number): boolean {
    const chain = this.#chains.get(template);
    if (chain === undefined) return false;
    return depth >= chain.firstDepth + DEEP_LINKS || (year !== null && chain.pages >= DATED_PAGES);
  }

  learn({ address, depth, words, ownWords, leadsElsewhere, leadsOn }: ChainPage): void {
    const isWatched = this.isWatched(address, depth);
    const { template, year } = address;
    const chain = this.#chains.touch(template, () => newChain(depth));
    chain.pages += 1;
    chain.firstDepth = Math.min(chain.firstDepth, depth);
    const isNew = !isWatched || this.#saysNew(template, words, ownWords) || leadsElsewhere;
    if (!isNew) {
      if (year !== null) chain.barren += 1;
      if (leadsOn) chain.leading += 1;
    } else {
      chain.barren = Math.max(0, chain.barren - NEW_WEIGHT);
      chain.leading = Math.max(0, chain.leading - NEW_WEIGHT);
      if (chain.leading === 0) chain.newDepth = Math.max(chain.newDepth, depth);
      if (isWatched && year !== null) {
        chain.yearMin = Math.min(chain.yearMin, year);
        chain.yearMax = Math.max(chain.yearMax, year);
      }
    }
  }

  #saysNew(template: string, words: Uint32Array | null, ownWords: () => ReadonlySet<number>): boolean {
    if (words === null) return true;
    const vocabulary = this.#vocabularies.touch(template, () => new Vocabulary());
    return vocabulary.isRich || vocabulary.addAll(words, ownWords()) > 0;
  }

  /** Why it is not worth asking for, in words. */
  trapIn(address: Address, depth: number): string | null {
    const { template, year } = address;
    const chain = this.#chains.get(template);
    if (chain === undefined) return null;
    if (year !== null && address.endsInNumber && chain.barren >= BARREN_DATES_MOST) {
      return `${template}: a calendar of which ${BARREN_DATES_MOST} pages say nothing new`;
    }
    if (year !== null && chain.barren >= BARREN_DATES) {
      const { from, to } = yearsOf(chain, this.#yearNow());
      if (year < from || year > to)
        return `${template}: a calendar that says nothing new before ${from} and after ${to}`;
    }
    if (chain.leading < BARREN_LINKS_MOST || depth <= chain.newDepth + BARREN_LINKS_MOST) return null;
    return `${template}: over ${BARREN_LINKS_MOST} links in a row nothing on its pages is new but their own numbers`;
  }
}

/** The years of a calendar that are asked for whatever its pages say. */
function yearsOf({ yearMin, yearMax }: Chain, now: number): { from: number; to: number } {
  return {
    from: Math.min(now - YEARS_BEFORE_NOW, yearMin - YEARS_BEYOND),
    to: Math.max(now + YEARS_AFTER_NOW, yearMax + YEARS_BEYOND),
  };
}

function newChain(depth: number): Chain {
  return { pages: 0, firstDepth: depth, newDepth: depth, barren: 0, leading: 0, yearMin: Infinity, yearMax: -Infinity };
}
