// Hosts in a ring: one leaves at the front, comes back at the back, and any can be taken out.

/** Neighbours in the ring; both null outside of it. */
export interface RingLinks<T> {
  before: T | null;
  after: T | null;
}

export interface Ring<T> {
  /** At the back, where it is not in the ring already. */
  add(item: T): void;
  /** Harmless where it is not in the ring. */
  remove(item: T): void;
  /** Takes the front out. */
  shift(): T | null;
  isEmpty(): boolean;
}

export function createRing<T extends RingLinks<T>>(): Ring<T> {
  let first: T | null = null;

  const remove = (item: T): void => {
    if (item.before === null) return;
    if (first === item) first = item.after === item ? null : item.after;
    item.before.after = item.after;
    item.after!.before = item.before;
    item.before = null;
    item.after = null;
  };
  return {
    add(item) {
      if (item.before !== null) return;
      first ??= item;
      item.after = first;
      item.before = first.before ?? item;
      item.before.after = item;
      first.before = item;
    },
    remove,
    shift() {
      const item = first;
      if (item !== null) remove(item);
      return item;
    },
    isEmpty: () => first === null,
  };
}
