// Searches for many words at once: an automaton with one state per prefix of a word (Aho and Corasick, 1975). It is
// flat arrays of numbers, because a hostile file needs half a million states.

import type { Sliced } from '../base/slices.ts';

const CODES = 128;
/** States that are linked before the event loop may have a turn. */
const SLICE_STATES = 32_768;

export class Words {
  /** For each state: the length of its prefix, the state that it extends, and the character that extends it. */
  readonly #lengths: Int32Array;
  readonly #parents: Int32Array;
  readonly #codes: Uint8Array;
  /** For each state: the longest other prefix that it ends with, and the longest word. */
  readonly #shorter: Int32Array;
  readonly #words: Int32Array;
  /**
   * From a state and a character to the next state, if that is not simply the next number: a hash table with open
   * addressing.
   */
  readonly #keys: Int32Array;
  readonly #values: Int32Array;
  readonly #shift: number;
  #states = 1;

  /** `lengthMax` is the total length of all words, `wordsMax` their number. The words must be ASCII. */
  constructor(lengthMax: number, wordsMax: number) {
    const states = lengthMax + 1;
    this.#lengths = new Int32Array(states);
    this.#parents = new Int32Array(states);
    this.#codes = new Uint8Array(states);
    this.#shorter = new Int32Array(states);
    this.#words = new Int32Array(states);
    // Only the first state that a word adds does not simply have the next number.
    const bits = Math.ceil(Math.log2(2 * (wordsMax + 1)));
    this.#keys = new Int32Array(2 ** bits);
    this.#values = new Int32Array(2 ** bits);
    this.#shift = 32 - bits;
  }

  /** Adds a word and returns its state, which identifies it. */
  add(word: string): number {
    let state = 0;
    for (let at = 0; at < word.length; at += 1) {
      const code = word.charCodeAt(at);
      state = this.#child(state, code) || this.#grow(state, code);
    }
    this.#words[state] = state;
    return state;
  }

  /** Completes the automaton. Call it once, after the last word was added. */
  *link(): Sliced<void> {
    const sorted = yield* this.#byLength();
    for (let at = 0; at < sorted.length; at += 1) {
      if (at % SLICE_STATES === SLICE_STATES - 1) yield;
      const state = sorted[at]!;
      const parent = this.#parents[state]!;
      if (parent > 0) this.#shorter[state] = this.next(this.#shorter[parent]!, this.#codes[state]!);
      if (this.#words[state] === 0) this.#words[state] = this.#words[this.#shorter[state]!]!;
    }
  }

  /** The state that follows on a character; 0 if no state does. */
  next(from: number, code: number): number {
    let state = from;
    let child = this.#child(state, code);
    while (child === 0 && state > 0) {
      state = this.#shorter[state]!;
      child = this.#child(state, code);
    }
    return child;
  }

  /** The longest word that ends at this state; 0 if no word does. */
  wordAt(state: number): number {
    return this.#words[state]!;
  }

  /** The next shorter word that ends at the same place. */
  wordWithin(word: number): number {
    return this.#words[this.#shorter[word]!]!;
  }

  lengthOf(word: number): number {
    return this.#lengths[word]!;
  }

  #grow(parent: number, code: number): number {
    const state = this.#states;
    this.#states += 1;
    this.#lengths[state] = this.#lengths[parent]! + 1;
    this.#parents[state] = parent;
    this.#codes[state] = code;
    if (state > parent + 1) {
      const key = parent * CODES + code + 1;
      const place = this.#placeOf(key);
      this.#keys[place] = key;
      this.#values[place] = state;
    }
    return state;
  }

  #child(state: number, code: number): number {
    const next = state + 1;
    if (this.#codes[next] === code && this.#parents[next] === state && next < this.#states) return next;
    return code < CODES ? this.#values[this.#placeOf(state * CODES + code + 1)]! : 0;
  }

  /** The slot where the key is or would go. */
  #placeOf(key: number): number {
    const keys = this.#keys;
    const last = keys.length - 1;
    let place = Math.imul(key, 0x9e3779b1) >>> this.#shift;
    while (keys[place] !== 0 && keys[place] !== key) place = (place + 1) & last;
    return place;
  }

  /** All states but the first, shortest prefix first. */
  *#byLength(): Sliced<Int32Array> {
    const lengths = this.#lengths;
    const starts = new Int32Array(this.#states + 1);
    for (let state = 1; state < this.#states; state += 1) starts[lengths[state]! + 1]! += 1;
    for (let length = 1; length < starts.length; length += 1) starts[length]! += starts[length - 1]!;
    const sorted = new Int32Array(this.#states - 1);
    for (let state = 1; state < this.#states; state += 1) {
      if (state % (4 * SLICE_STATES) === 0) yield;
      const length = lengths[state]!;
      sorted[starts[length]!] = state;
      starts[length]! += 1;
    }
    return sorted;
  }
}
