// Searches for many words at once: an automaton with one state per prefix of a word (Aho and Corasick, 1975). It is two
// flat arrays of numbers, because a hostile file needs half a million states, and thousands of hosts have an automaton
// of ten: an array of its own for each property would take more memory than the properties.

import type { Sliced } from '../base/slices.ts';

const CODES = 128;
/** States that are linked before the event loop may have a turn. */
const SLICE_STATES = 32_768;

const FIELDS = 5;
/** The length of the state's prefix, the state that it extends, and the character that extends it. */
const LENGTH = 0;
const PARENT = 1;
const CODE = 2;
/** The longest other prefix that it ends with, and the longest word. */
const SHORTER = 3;
const WORD = 4;

export class Words {
  /** `FIELDS` numbers for each state. */
  readonly #fields: Int32Array;
  /**
   * From a state and a character to the next state, if that is not simply the next number: a hash table with open
   * addressing. Each slot is a key and the state that follows.
   */
  readonly #steps: Int32Array;
  readonly #shift: number;
  #states = 1;

  /** `lengthMax` is the total length of all words, `wordsMax` their number. The words must be ASCII. */
  constructor(lengthMax: number, wordsMax: number) {
    this.#fields = new Int32Array(FIELDS * (lengthMax + 1));
    // Only the first state that a word adds does not simply have the next number.
    const bits = Math.ceil(Math.log2(2 * (wordsMax + 1)));
    this.#steps = new Int32Array(2 * 2 ** bits);
    this.#shift = 32 - bits;
  }

  /** Adds a word and returns its state, which identifies it. */
  add(word: string): number {
    let state = 0;
    for (let at = 0; at < word.length; at += 1) {
      const code = word.charCodeAt(at);
      state = this.#child(state, code) || this.#grow(state, code);
    }
    this.#fields[state * FIELDS + WORD] = state;
    return state;
  }

  /** Completes the automaton. Call it once, after the last word was added. */
  *link(): Sliced<void> {
    const fields = this.#fields;
    const sorted = yield* this.#byLength();
    for (let at = 0; at < sorted.length; at += 1) {
      if (at % SLICE_STATES === SLICE_STATES - 1) yield;
      const place = sorted[at]! * FIELDS;
      const parent = fields[place + PARENT]!;
      const above = parent * FIELDS + SHORTER;
      if (parent > 0) fields[place + SHORTER] = this.next(fields[above]!, fields[place + CODE]!);
      if (fields[place + WORD] === 0) fields[place + WORD] = this.wordAt(fields[place + SHORTER]!);
    }
  }

  /** The state that follows on a character; 0 if no state does. */
  next(from: number, code: number): number {
    let state = from;
    let child = this.#child(state, code);
    while (child === 0 && state > 0) {
      state = this.#fields[state * FIELDS + SHORTER]!;
      child = this.#child(state, code);
    }
    return child;
  }

  /** The longest word that ends at this state; 0 if no word does. */
  wordAt(state: number): number {
    return this.#fields[state * FIELDS + WORD]!;
  }

  /** The next shorter word that ends at the same place. */
  wordWithin(word: number): number {
    return this.wordAt(this.#fields[word * FIELDS + SHORTER]!);
  }

  lengthOf(word: number): number {
    return this.#fields[word * FIELDS + LENGTH]!;
  }

  #grow(parent: number, code: number): number {
    const state = this.#states;
    this.#states += 1;
    const place = state * FIELDS;
    this.#fields[place + LENGTH] = this.lengthOf(parent) + 1;
    this.#fields[place + PARENT] = parent;
    this.#fields[place + CODE] = code;
    if (state > parent + 1) {
      const key = parent * CODES + code + 1;
      const step = this.#placeOf(key);
      this.#steps[step] = key;
      this.#steps[step + 1] = state;
    }
    return state;
  }

  #child(state: number, code: number): number {
    const fields = this.#fields;
    const next = state + 1;
    const place = next * FIELDS;
    if (fields[place + CODE] === code && fields[place + PARENT] === state && next < this.#states) return next;
    return code < CODES ? this.#steps[this.#placeOf(state * CODES + code + 1) + 1]! : 0;
  }

  /** Where the key is or would go. */
  #placeOf(key: number): number {
    const steps = this.#steps;
    const last = steps.length - 1;
    let place = 2 * (Math.imul(key, 0x9e3779b1) >>> this.#shift);
    while (steps[place] !== 0 && steps[place] !== key) place = (place + 2) & last;
    return place;
  }

  /** All states but the first, shortest prefix first. */
  *#byLength(): Sliced<Int32Array> {
    const starts = new Int32Array(this.#states + 1);
    for (let state = 1; state < this.#states; state += 1) starts[this.lengthOf(state) + 1]! += 1;
    for (let length = 1; length < starts.length; length += 1) starts[length]! += starts[length - 1]!;
    const sorted = new Int32Array(this.#states - 1);
    for (let state = 1; state < this.#states; state += 1) {
      if (state % (4 * SLICE_STATES) === 0) yield;
      const length = this.lengthOf(state);
      sorted[starts[length]!] = state;
      starts[length]! += 1;
    }
    return sorted;
  }
}
