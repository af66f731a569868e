// The words of pages and their terms. The words of a job repeat from page to page, so each is folded, stemmed and
// hashed once while it is remembered.

import { HASH_START, hashByte, mixed, wordHash } from '../base/fingerprint.ts';
import { stemOf } from './stemming.ts';
import { isOfStretch, stretchTerms } from './terms.ts';

export interface Term {
  readonly text: string;
  readonly hash: number;
  /** The number of the last page that has it. */
  page: number;
}

/** What was read once. A stretch that falls on the same slot takes its place. */
interface Known {
  readonly stretch: string;
  readonly terms: readonly Term[];
}

const SLOTS = 2 ** 16;
const TERMS_REMEMBERED_MAX = 200_000;
const REMEMBERED_LENGTH_MAX = 32;
const SPACE = 0x20;

/** The terms of texts in one language. */
export class KnownWords {
  readonly #stem;
  #slots: (Known | undefined)[] = new Array(SLOTS).fill(undefined);
  readonly #terms = new Map<string, Term>();

  constructor(language: string) {
    this.#stem = stemOf(language);
  }

  /** Called before each page. */
  begin(): void {
    if (this.#terms.size < TERMS_REMEMBERED_MAX) return;
    this.#terms.clear();
    this.#slots = new Array(SLOTS).fill(undefined);
  }

  /** Calls `take` for each term of the text, in its order. */
  each(text: string, take: (term: Term) => void): void {
    let from = -1;
    let hash = HASH_START;
    for (let at = 0; at <= text.length; at += 1) {
      const code = at < text.length ? text.charCodeAt(at) : SPACE;
      if (isOfStretch(code)) {
        if (from < 0) from = at;
        hash = hashByte(hash, code);
      } else if (from >= 0) {
        const terms = this.#termsIn(text, from, at, mixed(hash) % SLOTS);
        for (let index = 0; index < terms.length; index += 1) take(terms[index]!);
        from = -1;
        hash = HASH_START;
      }
    }
  }

  #termsIn(text: string, from: number, to: number, slot: number): readonly Term[] {
    const known = this.#slots[slot];
    if (known !== undefined && known.stretch.length === to - from && text.startsWith(known.stretch, from))
      return known.terms;
    const stretch = text.slice(from, to);
    const terms = stretchTerms(stretch, this.#stem).map((each) => this.#term(each));
    if (stretch.length <= REMEMBERED_LENGTH_MAX) this.#slots[slot] = { stretch: copied(stretch), terms };
    return terms;
  }

  #term(text: string): Term {
    const known = this.#terms.get(text);
    if (known !== undefined) return known;
    const term = { text: copied(text), hash: wordHash(text), page: 0 };
    this.#terms.set(term.text, term);
    return term;
  }
}

/** A part of a text keeps the whole text in memory; its copy does not. */
function copied(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
