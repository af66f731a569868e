// A set of 32-bit hashes that is used again and again: it allocates nothing but its results.

export class HashSet32 {
  readonly #most: number;
  /** The hashes in the order in which they came. */
  readonly #hashes: Uint32Array;
  /** Open addressing: the place of a hash in `#hashes`, plus one; 0 for a free slot. */
  readonly #slots: Uint16Array;
  #size = 0;

  /** `most` is at most 65,535; further hashes are not added. */
  constructor(most: number) {
    this.#most = most;
    this.#hashes = new Uint32Array(most);
    this.#slots = new Uint16Array(2 ** Math.ceil(Math.log2(most * 2)));
  }

  get size(): number {
    return this.#size;
  }

  /** The place of the hash in the order of `toArray`; -1 if the set is full. */
  add(hash: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let place = this.#slots[slot]!; place !== 0; place = this.#slots[slot]!) {
      if (this.#hashes[place - 1] === hash) return place - 1;
      slot = (slot + 1) & mask;
    }
    if (this.#size === this.#most) return -1;
    this.#hashes[this.#size] = hash;
    this.#size += 1;
    this.#slots[slot] = this.#size;
    return this.#size - 1;
  }

  clear(): void {
    this.#slots.fill(0);
    this.#size = 0;
  }

  /** The hashes in the order in which they came, in an array of their own. */
  toArray(): Uint32Array {
    return this.#hashes.slice(0, this.#size);
  }
}
