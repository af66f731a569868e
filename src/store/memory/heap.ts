// A binary heap whose items know their index, so that any of them can be removed.

export interface Heap<T> {
  push(item: T): void;
  /** The item with the smallest key. */
  peek(): T | undefined;
  pop(): T | undefined;
  /** Removes the item at `index`, the index that `moved` gave last. */
  remove(index: number): void;
  readonly size: number;
}

/** `moved` receives each new index of an item, and -1 when it leaves the heap. */
export function createHeap<T>(keyOf: (item: T) => number, moved?: (item: T, index: number) => void): Heap<T> {
  return new BinaryHeap(keyOf, moved);
}

// A class, because there may be many heaps with one item each, and closures would take more memory than the item.
class BinaryHeap<T> implements Heap<T> {
  readonly #items: T[] = [];
  readonly #keyOf: (item: T) => number;
  readonly #moved: ((item: T, index: number) => void) | undefined;

  constructor(keyOf: (item: T) => number, moved: ((item: T, index: number) => void) | undefined) {
    this.#keyOf = keyOf;
    this.#moved = moved;
  }

  get size(): number {
    return this.#items.length;
  }

  push(item: T): void {
    this.#items.push(item);
    this.#rise(item, this.#items.length - 1);
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  pop(): T | undefined {
    const first = this.#items[0];
    if (first !== undefined) this.remove(0);
    return first;
  }

  remove(index: number): void {
    const items = this.#items;
    const gone = items[index]!;
    const last = items.pop()!;
    if (index < items.length) {
      const isLater = this.#keyOf(last) >= this.#keyOf(gone);
      if (isLater) this.#sink(last, index);
      else this.#rise(last, index);
    }
    this.#moved?.(gone, -1);
  }

  #place(item: T, index: number): void {
    this.#items[index] = item;
    this.#moved?.(item, index);
  }

  #rise(item: T, from: number): void {
    const items = this.#items;
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.#keyOf(items[parent]!) <= this.#keyOf(item)) break;
      this.#place(items[parent]!, index);
      index = parent;
    }
    this.#place(item, index);
  }

  #sink(item: T, from: number): void {
    const items = this.#items;
    let index = from;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && this.#keyOf(items[child + 1]!) < this.#keyOf(items[child]!)) child += 1;
      if (this.#keyOf(items[child]!) >= this.#keyOf(item)) break;
      this.#place(items[child]!, index);
      index = child;
    }
    this.#place(item, index);
  }
}
