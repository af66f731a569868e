// Words that are looked for all at once: an automaton with a state for each beginning of a word (Aho and Corasick, 1975). It is numbers in flat arrays, because
// a hostile file has half a million states.

const CODES = 128;

export class Words {
  /** By state: how long that beginning is, the one that it goes on from, and with which character. */
  readonly #lengths: Int32Array;
  readonly #parents: Int32Array;
  readonly #codes: Uint8Array;
  /** By state: the longest other beginning that it ends with, and the longest word. */
  readonly #shorter: Int32Array;
  readonly #words: Int32Array;
  /** From a state and a character to the state that follows, where that is not the next number: a table with open addresses. */
  readonly #keys: Int32Array;
  readonly #values: Int32Array;
  readonly #shift: number;
  #states = 1;

  /** `lengthMax`: of all words together. They are of ASCII. */
  constructor(lengthMax: number) {
    const states = lengthMax + 1;
    this.#lengths = new Int32Array(states);
    this.#parents = new Int32Array(states);
    this.#codes = new Uint8Array(states);
    this.#shorter = new Int32Array(states);
    this.#words = new Int32Array(states);
    const bits = Math.ceil(Math.log2(2 * states));
    this.#keys = new Int32Array(2 ** bits);
    this.#values = new Int32Array(2 ** bits);
    this.#shift = 32 - bits;
  }

  /** Gives the state of the word, which is its name. */
  add(word: string): number {
    let state = 0;
    for (let at = 0; at < word.length; at += 1) {
      const code = word.charCodeAt(at);
      state = this.#child(state, code) || this.#grow(state, code);
    }
    this.#words[state] = state;
    return state;
  }

  /** Once all words are there. */
  link(): void {
    for (const state of this.#byLength()) {
      const parent = this.#parents[state]!;
      if (parent > 0) this.#shorter[state] = this.next(this.#shorter[parent]!, this.#codes[state]!);
      if (this.#words[state] === 0) this.#words[state] = this.#words[this.#shorter[state]!]!;
    }
  }

  /** The state that follows; 0 where nothing does. */
  next(from: number, code: number): number {
    let state = from;
    let child = this.#child(state, code);
    while (child === 0 && state > 0) {
      state = this.#shorter[state]!;
      child = this.#child(state, code);
    }
    return child;
  }

  /** The longest word that ends here; 0 where none does. */
  wordAt(state: number): number {
    return this.#words[state]!;
  }

  /** The next shorter one. */
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

  /** Where the key stands, or would. */
  #placeOf(key: number): number {
    const keys = this.#keys;
    const last = keys.length - 1;
    let place = Math.imul(key, 0x9e3779b1) >>> this.#shift;
    while (keys[place] !== 0 && keys[place] !== key) place = (place + 1) & last;
    return place;
  }

  /** The states but the first, short ones before long ones. */
  #byLength(): Int32Array {
    const lengths = this.#lengths.subarray(1, this.#states);
    const starts = new Int32Array(this.#states + 1);
    for (const length of lengths) starts[length + 1]! += 1;
    for (let length = 1; length < starts.length; length += 1) starts[length]! += starts[length - 1]!;
    const sorted = new Int32Array(lengths.length);
    for (const [at, length] of lengths.entries()) {
      sorted[starts[length]!] = at + 1;
      starts[length]! += 1;
    }
    return sorted;
  }
}
