// The words of pages and their terms. The words of a job repeat from page to page, so each is folded, stemmed and
// hashed once while it is remembered. A page has thousands of words and each is looked up, so what is remembered is
// in a few arrays and takes no objects.

import { HASH_START, hashByte, mixed, wordHash } from '../base/fingerprint.ts';
import { stemOf } from './stemming.ts';
import { isOfStretch, stretchTerms } from './terms.ts';

const SLOTS = 2 ** 16;
/** Longer stretches are not remembered. */
const SLOT_BYTES = 32;
const TERMS_REMEMBERED_MAX = 200_000;
const SPACE = 0x20;
/** 1 for the bytes of UTF-8 that may be part of a term. */
const STRETCH_BYTES = Uint8Array.from({ length: 256 }, (_, code) => Number(isOfStretch(code)));

/** The terms of texts in one language. Each has a number. */
export class KnownWords {
  readonly #stem;
  readonly #encoder = new TextEncoder();
  #text = new Uint8Array(2 ** 16);
  /** A stretch in UTF-8, its length, and its term. A stretch that falls on the same slot takes its place. */
  readonly #stretches = new Uint8Array(SLOTS * SLOT_BYTES);
  readonly #lengths = new Uint8Array(SLOTS);
  /** The number of its term; of several terms -1 less the place in `#lists`. */
  readonly #found = new Int32Array(SLOTS);
  #lists: (readonly number[])[] = [];
  #numbers = new Map<string, number>();
  #texts: string[] = [];
  #hashes: number[] = [];
  /** The number of the last page that has the term. */
  #seenIn: number[] = [];
  #page = 0;

  constructor(language: string) {
    this.#stem = stemOf(language);
  }

  /** Called before each page. Numbers from before may mean other terms then. */
  begin(): void {
    this.#page += 1;
    if (this.#texts.length + this.#lists.length < TERMS_REMEMBERED_MAX) return;
    this.#lengths.fill(0);
    this.#lists = [];
    this.#numbers = new Map();
    this.#texts = [];
    this.#hashes = [];
    this.#seenIn = [];
  }

  textOf(term: number): string {
    return this.#texts[term]!;
  }

  hashOf(term: number): number {
    return this.#hashes[term]!;
  }

  /** Whether the term was noted since the page began. */
  isNoted(term: number): boolean {
    return this.#seenIn[term] === this.#page;
  }

  note(term: number): void {
    this.#seenIn[term] = this.#page;
  }

  /** Calls `take` with the number of each term of the text, in its order. */
  each(text: string, take: (term: number) => void): void {
    const length = this.#encode(text);
    const bytes = this.#text;
    let from = -1;
    let hash = HASH_START;
    for (let at = 0; at <= length; at += 1) {
      const code = at < length ? bytes[at]! : SPACE;
      if (STRETCH_BYTES[code] === 1) {
        if (from < 0) from = at;
        hash = hashByte(hash, code);
      } else if (from >= 0) {
        const slot = mixed(hash) % SLOTS;
        const found = this.#isIn(slot, from, at) ? this.#found[slot]! : this.#read(slot, from, at);
        if (found >= 0) take(found);
        else for (const term of this.#lists[-1 - found]!) take(term);
        from = -1;
        hash = HASH_START;
      }
    }
  }

  #encode(text: string): number {
    // A code unit of UTF-16 takes at most three bytes.
    if (this.#text.length < 3 * text.length) this.#text = new Uint8Array(4 * text.length);
    return this.#encoder.encodeInto(text, this.#text).written;
  }

  #isIn(slot: number, from: number, to: number): boolean {
    if (this.#lengths[slot] !== to - from) return false;
    const [stretches, text] = [this.#stretches, this.#text];
    const shift = slot * SLOT_BYTES - from;
    for (let at = from; at < to; at += 1) if (stretches[at + shift] !== text[at]) return false;
    return true;
  }

  #read(slot: number, from: number, to: number): number {
    const bytes = this.#text.subarray(from, to);
    const terms = stretchTerms(Buffer.from(bytes).toString(), this.#stem).map((term) => this.#numberOf(term));
    const found = terms.length === 1 ? terms[0]! : -this.#lists.push(terms);
    if (bytes.length <= SLOT_BYTES) {
      this.#stretches.set(bytes, slot * SLOT_BYTES);
      this.#lengths[slot] = bytes.length;
      this.#found[slot] = found;
    }
    return found;
  }

  #numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    // A part of a text keeps the whole text in memory; its copy does not.
    const number = this.#texts.push(Buffer.from(text).toString()) - 1;
    this.#numbers.set(this.#texts[number]!, number);
    this.#hashes.push(wordHash(text));
    this.#seenIn.push(0);
    return number;
  }
}
