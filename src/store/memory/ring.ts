// A ring of hosts: one leaves at the front and comes back at the back, and any can be removed.

/** The neighbours in the ring; both are null outside of it. */
export interface RingLinks<T> {
  before: T | null;
  after: T | null;
}

export interface Ring<T> {
  /** Adds the item at the back; does nothing if it is in the ring already. */
  add(item: T): void;
  /** Does nothing if the item is not in the ring. */
  remove(item: T): void;
  /** Takes out the front item. */
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
