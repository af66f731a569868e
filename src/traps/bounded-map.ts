// A map of bounded size that forgets entries that were not used for long. It keeps two generations: an entry that is
// used moves to the young one. When the young one is full it becomes the old one, and what was left in the old one is
// forgotten.

export class BoundedMap<Key, Value> {
  #young = new Map<Key, Value>();
  #old = new Map<Key, Value>();
  readonly #youngMost: number;

  /** It holds at most `most` entries, and at least the half of them that were used last. */
  constructor(most: number) {
    this.#youngMost = Math.ceil(most / 2);
  }

  get(key: Key): Value | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  has(key: Key): boolean {
    return this.#young.has(key) || this.#old.has(key);
  }

  /** The value of the key, made with `make` if it is missing. Either way the entry is now the one used last. */
  touch(key: Key, make: () => Value): Value {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const value = this.#old.get(key) ?? make();
    this.set(key, value);
    return value;
  }

  set(key: Key, value: Value): void {
    this.#young.set(key, value);
    if (this.#young.size < this.#youngMost) return;
    this.#old = this.#young;
    this.#young = new Map();
  }
}
