// Where each host waits: in the ring if it may be requested now, in the heap if it waits for a time, in neither if it
// waits for an event or has no URLs. It owns the times of the hosts.

import { createHeap } from './heap.ts';
import { createNumbers } from './numbers.ts';
import { createRing } from './ring.ts';

export interface Places {
  /** No request of the host before this time; 0 if nothing delays it. */
  until(id: number): number;
  delay(id: number, until: number): void;
  /**
   * Puts the host into the ring or the heap as its times say. `now` is 0 if the time is unknown; a host that waits for
   * a time then goes to the heap. In the ring it goes to the back, or to the front if it kept its turn.
   */
  place(id: number, now: number): void;
  /** The host will be at the front of the ring when it comes there. */
  keepTurn(id: number): void;
  loseTurn(id: number): void;
  /** The host has no place and no time any more. */
  forget(id: number): void;
  /** Whether the host may be requested now. */
  isReady(id: number): boolean;
  /** Moves hosts whose time has come into the ring. */
  open(now: number): void;
  /** Takes out the host whose turn it is; 0 if there is none. */
  shift(): number;
  /** The earliest time at which a host may be requested. */
  nextAt(): number;
  /** The same for hosts that wait for a time. */
  nextDueAt(): number;
  /** The host that may be requested at `nextAt`; 0 if a host may be requested now. */
  first(): number;
  /** How many hosts wait for their turn or for a time. */
  readonly size: number;
  /** The memory for the numbers of all hosts. */
  readonly bytes: number;
}

/** `firstDueAt` tells when the next URL of a host may be leased. */
export function createPlaces(firstDueAt: (id: number) => number): Places {
  const untils = createNumbers(Float64Array);
  /** When the host may be requested. */
  const starts = createNumbers(Float64Array);
  /** The host's index in the heap, plus one; 0 if it is not there. */
  const indexes = createNumbers(Uint32Array);
  const ring = createRing();
  const keepers = new Set<number>();
  const waiting = createHeap<number>(starts.get, (id, index) => indexes.set(id, index + 1));

  const place = (id: number, now: number): void => {
    const index = indexes.get(id);
    if (index > 0) waiting.remove(index - 1);
    const startAt = Math.max(untils.get(id), firstDueAt(id));
    starts.set(id, startAt);
    if (startAt > now) ring.remove(id);
    else if (keepers.delete(id)) ring.addFirst(id);
    else ring.add(id);
    if (startAt > now && startAt < Number.POSITIVE_INFINITY) waiting.push(id);
  };
  const nextDueAt = (): number => {
    const first = waiting.peek();
    return first === undefined ? Number.POSITIVE_INFINITY : starts.get(first);
  };

  return {
    until: untils.get,
    delay: untils.set,
    place,
    keepTurn: (id) => void keepers.add(id),
    loseTurn: (id) => void keepers.delete(id),
    forget(id) {
      const index = indexes.get(id);
      if (index > 0) waiting.remove(index - 1);
      ring.remove(id);
      keepers.delete(id);
      untils.set(id, 0);
    },
    isReady: ring.has,
    open(now) {
      for (let due = waiting.peek(); due !== undefined && starts.get(due) <= now; due = waiting.peek()) {
        if (untils.get(due) <= now) untils.set(due, 0);
        place(due, now);
      }
    },
    shift: ring.shift,
    nextAt: () => (ring.size > 0 ? 0 : nextDueAt()),
    nextDueAt,
    first: () => (ring.size === 0 ? (waiting.peek() ?? 0) : 0),
    get size() {
      return ring.size + waiting.size;
    },
    get bytes() {
      return untils.bytes + starts.bytes + indexes.bytes + ring.bytes;
    },
  };
}
