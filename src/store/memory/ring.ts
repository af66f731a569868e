// A ring of hosts, by their ids: one leaves at the front and comes back at the back, and any can be removed.

import { createNumbers } from './numbers.ts';

export interface Ring {
  /** Adds the host at the back; does nothing if it is in the ring already. */
  add(id: number): void;
  /** Puts the host at the front, wherever it was. */
  addFirst(id: number): void;
  /** Does nothing if the host is not in the ring. */
  remove(id: number): void;
  has(id: number): boolean;
  /** Takes out the front host; 0 if there is none. */
  shift(): number;
  readonly size: number;
  readonly bytes: number;
}

export function createRing(): Ring {
  // The neighbours of each host; 0 outside of the ring.
  const before = createNumbers(Uint32Array);
  const after = createNumbers(Uint32Array);
  let first = 0;
  let size = 0;

  const add = (id: number): void => {
    if (before.get(id) !== 0) return;
    if (first === 0) first = id;
    const last = before.get(first) || id;
    before.set(id, last);
    after.set(last, id);
    after.set(id, first);
    before.set(first, id);
    size += 1;
  };
  const remove = (id: number): void => {
    const previous = before.get(id);
    if (previous === 0) return;
    const next = after.get(id);
    if (first === id) first = next === id ? 0 : next;
    after.set(previous, next);
    before.set(next, previous);
    before.set(id, 0);
    after.set(id, 0);
    size -= 1;
  };
  return {
    add,
    addFirst(id) {
      remove(id);
      add(id);
      first = id;
    },
    remove,
    has: (id) => before.get(id) !== 0,
    shift() {
      const id = first;
      if (id !== 0) remove(id);
      return id;
    },
    get size() {
      return size;
    },
    get bytes() {
      return before.bytes + after.bytes;
    },
  };
}
