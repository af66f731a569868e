// Where each host waits: in the ring if it may be requested now, in the heap if it waits for a time, in neither if it
// waits for an event. It owns the hosts and forgets those with nothing left to remember.

import { type Backlog, firstDueAt, newBacklog } from './backlog.ts';
import { createHeap } from './heap.ts';
import { createRing, type RingLinks } from './ring.ts';

export interface WaitingHost extends RingLinks<WaitingHost> {
  readonly id: number;
  readonly host: string;
  readonly backlog: Backlog;
  /** No request before this time; 0 if nothing delays it. */
  until: number;
  /** Its index in the heap, or -1. */
  index: number;
  /** When it may be requested. */
  startAt: number;
  /** The number of the last call that gave it room, and how many URLs it may still have from that call. */
  asked: number;
  room: number;
}

export interface Places {
  get(id: number): WaitingHost | undefined;
  /** The host; it is created if it is not remembered. `nameOf` is then called for its name. */
  of(id: number, nameOf: () => string): WaitingHost;
  /**
   * Puts the host into the ring or the heap as its state says. `now` is 0 if the time is unknown; a host that waits for
   * a time then goes to the heap.
   */
  place(host: WaitingHost, now: number): void;
  /** Moves hosts whose time has come into the ring. */
  open(now: number): void;
  /** Takes out the host whose turn it is. */
  shift(): WaitingHost | null;
  /** The earliest time at which a host may be requested. */
  nextAt(): number;
  /** The host that may be requested at `nextAt`; null if a host may be requested now. */
  first(): WaitingHost | null;
  all(): Iterable<WaitingHost>;
  readonly size: number;
}

export function createPlaces(): Places {
  const hosts = new Map<number, WaitingHost>();
  const ring = createRing<WaitingHost>();
  const waiting = createHeap<WaitingHost>(
    (host) => host.startAt,
    (host, index) => {
      host.index = index;
    },
  );

  const place = (host: WaitingHost, now: number): void => {
    if (host.index >= 0) waiting.remove(host.index);
    const startAt = Math.max(host.until, firstDueAt(host.backlog));
    host.startAt = startAt;
    if (startAt <= now) ring.add(host);
    else ring.remove(host);
    if (startAt > now && startAt < Number.POSITIVE_INFINITY) waiting.push(host);
    // With no URL to lease and no delay there is nothing to remember.
    if (startAt === Number.POSITIVE_INFINITY && host.until === 0) hosts.delete(host.id);
  };

  return {
    get: (id) => hosts.get(id),
    of(id, nameOf) {
      let host = hosts.get(id);
      if (host === undefined) {
        host = newHost(id, nameOf());
        hosts.set(id, host);
      }
      return host;
    },
    place,
    open(now) {
      for (let due = waiting.peek(); due !== undefined && due.startAt <= now; due = waiting.peek()) {
        if (due.until <= now) due.until = 0;
        place(due, now);
      }
    },
    shift: () => ring.shift(),
    nextAt: () => (ring.isEmpty() ? (waiting.peek()?.startAt ?? Number.POSITIVE_INFINITY) : 0),
    first: () => (ring.isEmpty() ? (waiting.peek() ?? null) : null),
    all: () => hosts.values(),
    get size() {
      return hosts.size;
    },
  };
}

function newHost(id: number, host: string): WaitingHost {
  const backlog = newBacklog();
  return { id, host, backlog, until: 0, before: null, after: null, index: -1, startAt: 0, asked: 0, room: 0 };
}
