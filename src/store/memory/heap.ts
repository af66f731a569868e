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
  const items: T[] = [];

  const place = (item: T, index: number): void => {
    items[index] = item;
    moved?.(item, index);
  };
  const rise = (item: T, from: number): void => {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (keyOf(items[parent]!) <= keyOf(item)) break;
      place(items[parent]!, index);
      index = parent;
    }
    place(item, index);
  };
  const sink = (item: T, from: number): void => {
    let index = from;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && keyOf(items[child + 1]!) < keyOf(items[child]!)) child += 1;
      if (keyOf(items[child]!) >= keyOf(item)) break;
      place(items[child]!, index);
      index = child;
    }
    place(item, index);
  };
  const remove = (index: number): void => {
    const gone = items[index]!;
    const last = items.pop()!;
    if (index < items.length) {
      const isLater = keyOf(last) >= keyOf(gone);
      if (isLater) sink(last, index);
      else rise(last, index);
    }
    moved?.(gone, -1);
  };

  return {
    push(item) {
      items.push(item);
      rise(item, items.length - 1);
    },
    peek: () => items[0],
    pop() {
      const first = items[0];
      if (first !== undefined) remove(0);
      return first;
    },
    remove,
    get size() {
      return items.length;
    },
  };
}
