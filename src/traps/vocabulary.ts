// Which words were read before, in 8 KB. It may take a new word for a known one, and that the more often the more it knows; so once it
// is half full it is `isRich`, and whoever asks it must take everything for new.

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

  /** Whether it is new. */
  add(hash: number): boolean {
    if (this.has(hash)) return false;
    const at = (hash >>> 3) & (BITS / 8 - 1);
    this.#bits[at] = this.#bits[at]! | (1 << (hash & 7));
    this.#known += 1;
    return true;
  }

  /** Takes them all in; how many were new and are not among `ours`. */
  addAll(hashes: Iterable<number>, ours: ReadonlySet<number> = NOTHING): number {
    let fresh = 0;
    for (const hash of hashes) if (this.add(hash) && !ours.has(hash)) fresh += 1;
    return fresh;
  }
}

const NOTHING: ReadonlySet<number> = new Set();
