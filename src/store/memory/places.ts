// Where each host stands: in the ring of those that may be asked now, in the heap of those that wait for a time, or, where
// only an event can change that, in neither. It owns the hosts that there is something to remember of, and forgets the rest.

import { type Backlog, firstDueAt, newBacklog } from './backlog.ts';
import { createHeap } from './heap.ts';
import { createRing, type RingLinks } from './ring.ts';

export interface WaitingHost extends RingLinks<WaitingHost> {
  readonly id: number;
  readonly host: string;
  readonly backlog: Backlog;
  /** Not to be asked before; 0 where nothing is in the way. */
  until: number;
  /** Its place in the heap of those that wait, or -1. */
  index: number;
  /** When it can be asked. */
  startAt: number;
  /** The last call that asked it, and how many it may still have from that. */
  asked: number;
  room: number;
}

export interface Places {
  get(id: number): WaitingHost | undefined;
  /** `nameOf` is asked where the host is not remembered. */
  of(id: number, nameOf: () => string): WaitingHost;
  /** Puts the host where its state says; `now` is 0 where it is not known, and then whoever waits goes to the heap. */
  place(host: WaitingHost, now: number): void;
  /** Lets those whose time has come into the ring. */
  open(now: number): void;
  /** Takes out the host whose turn it is. */
  shift(): WaitingHost | null;
  /** The earliest time at which a host can be asked. */
  nextAt(): number;
  /** The host that can be asked then; null where some can be now. */
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
    // Nothing to lease and nothing in the way: there is nothing to remember.
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
