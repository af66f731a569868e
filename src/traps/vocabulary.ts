// Remembers which words were read before, in 8 KB. It may take a new word for a known one, and does so more often the
// more it knows. Once it is half full `isRich` is true, and the caller must treat every word as new.

const BITS = 65_536;

export class Vocabulary {
  readonly #bits = new Uint8Array(BITS / 8);
  #known = 0;

  get isRich(): boolean {
    return this.#known * 2 > BITS;
  }

  has(hash: number): boolean {
    return (this.#bits[(hash >>> 3) & (BITS / 8 - 1)]! & (1 << (hash & 7))) !== 0;
  }

  /** Adds a word; whether it was new. */
  add(hash: number): boolean {
    if (this.has(hash)) return false;
    const at = (hash >>> 3) & (BITS / 8 - 1);
    this.#bits[at] = this.#bits[at]! | (1 << (hash & 7));
    this.#known += 1;
    return true;
  }

  /** Adds all words. Returns the number of new ones that are not in `ours`. */
  addAll(hashes: Iterable<number>, ours: ReadonlySet<number> = NOTHING): number {
    let fresh = 0;
    for (const hash of hashes) if (this.add(hash) && !ours.has(hash)) fresh += 1;
    return fresh;
  }
}

const NOTHING: ReadonlySet<number> = new Set();
