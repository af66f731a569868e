// Whose turn it is. It owns, for each host that has URLs to be leased, where that host stands: in the ring of those that
// may be asked now, in the heap of those that wait for a time, or in neither. Nobody else changes that. It never holds all
// URLs: for each host a window of ids in the order in which they were found, read anew when it is used up, and those that
// were put back. A lease costs what it gives out and the hosts that it asks; hosts that wait are not visited.

import type { Room } from '../base/contracts.ts';
import { LEASE_WINDOW } from '../base/limits.ts';
import { createHeap, type Heap } from './heap.ts';

/** A URL whose turn has come. */
export interface Turn {
  readonly id: number;
  readonly host: string;
  readonly hostId: number;
  readonly tries: number;
}

/** A URL that was put back, with the time (wall ms) before which it is not leased. */
export interface Returned {
  readonly id: number;
  readonly dueAt: number;
  readonly tries: number;
}

export interface Turns {
  /** `count` URLs of the host were queued before, and can be read. */
  known(hostId: number, host: string, count: number): void;
  /** A URL was queued; ids rise. */
  queued(hostId: number, host: string, id: number): void;
  putBack(hostId: number, host: string, url: Returned): void;
  /** A lease of the host ended: a host that waits without an end may be asked again. */
  settled(hostId: number): void;
  /** `nameOf` is asked where the host is not known here. */
  hold(hostId: number, nameOf: () => string, until: number): void;
  take(most: number, now: number, room: (host: string, hostId: number) => Room): Turn[];
  /** The earliest time at which `take` may give something; `Infinity` where only `settled` or `hold` can change that. */
  nextAt(): number;
  /** Hosts that are remembered. */
  readonly size: number;
}

/** Up to `most` queued ids of the host above `afterId`, rising; those that were put back left out. */
export type ReadWindow = (hostId: number, afterId: number, most: number) => number[];

interface Host {
  readonly id: number;
  readonly host: string;
  window: number[];
  /** The window's next. */
  at: number;
  /** What is queued up to this id is in the window or was in it. */
  cursor: number;
  /** How many are queued above the cursor. */
  unread: number;
  returned: Heap<Returned> | null;
  /** Not to be asked before; 0 where nothing is in the way. */
  until: number;
  /** Neighbours in the ring. */
  before: Host | null;
  after: Host | null;
  /** Its place in the heap of those that wait, or -1. */
  index: number;
  /** When it can be asked: its key in that heap. */
  startAt: number;
  /** The last call of `take` that asked it, and how many it may still have from that. */
  asked: number;
  room: number;
}

export function createTurns(readWindow: ReadWindow): Turns {
  const hosts = new Map<number, Host>();
  const ring = createRing();
  const waiting = createHeap<Host>(
    (host) => host.startAt,
    (host, index) => {
      host.index = index;
    },
  );
  let call = 0;

  const hostOf = (id: number, host: string): Host => {
    let found = hosts.get(id);
    if (found === undefined) {
      found = newHost(id, host);
      hosts.set(id, found);
    }
    return found;
  };
  /** Puts the host where its state says; `now` is 0 where it is not known, and then whoever waits goes to the heap. */
  const place = (host: Host, now: number): void => {
    if (host.index >= 0) waiting.remove(host.index);
    const startAt = Math.max(host.until, firstDueAt(host));
    host.startAt = startAt;
    if (startAt <= now) ring.add(host);
    else ring.remove(host);
    if (startAt > now && startAt < Number.POSITIVE_INFINITY) waiting.push(host);
    // Nothing to lease and nothing in the way: there is nothing to remember.
    if (startAt === Number.POSITIVE_INFINITY && host.until === 0) hosts.delete(host.id);
  };
  const next = (host: Host, now: number): Returned | number => {
    const first = host.returned?.peek();
    if (first !== undefined && first.dueAt <= now) return host.returned!.pop()!;
    if (host.at === host.window.length) refill(host, readWindow);
    const id = host.window[host.at]!;
    host.at += 1;
    if (host.at === host.window.length) emptyWindow(host);
    return id;
  };
  /** True where the host may have at least one now. */
  const hasRoom = (host: Host, now: number, room: (host: string, hostId: number) => Room): boolean => {
    if (host.asked !== call) {
      const { take, notBefore } = room(host.host, host.id);
      host.asked = call;
      host.room = take;
      host.until = take > 0 ? 0 : notBefore;
      // What is in the past already would be asked for ever.
      if (take <= 0) host.until = Math.max(notBefore, now + 1);
    }
    return host.room > 0;
  };

  return {
    known(hostId, name, count) {
      const host = hostOf(hostId, name);
      host.unread += count;
      place(host, 0);
    },
    queued(hostId, name, id) {
      const host = hostOf(hostId, name);
      // While the window holds all that there is, what is new goes there and need not be read.
      if (host.unread === 0 && host.window.length - host.at < LEASE_WINDOW) append(host, id);
      else host.unread += 1;
      if (host.before === null) place(host, 0);
    },
    putBack(hostId, name, url) {
      const host = hostOf(hostId, name);
      host.returned ??= createHeap<Returned>((item) => item.dueAt);
      host.returned.push(url);
      if (host.before === null) place(host, 0);
    },
    settled(hostId) {
      const host = hosts.get(hostId);
      if (host === undefined || host.until !== Number.POSITIVE_INFINITY) return;
      host.until = 0;
      place(host, 0);
    },
    hold(hostId, nameOf, until) {
      const host = hosts.get(hostId) ?? hostOf(hostId, nameOf());
      host.until = until;
      place(host, 0);
    },
    take(most, now, room) {
      call += 1;
      const turns: Turn[] = [];
      const spent: Host[] = [];
      for (let due = waiting.peek(); due !== undefined && due.startAt <= now; due = waiting.peek()) {
        if (due.until <= now) due.until = 0;
        place(due, now);
      }
      while (turns.length < most) {
        const host = ring.shift();
        if (host === null) break;
        // The first condition is for a clock that was set back.
        if (firstDueAt(host) <= now && hasRoom(host, now, room)) {
          const url = next(host, now);
          const isFresh = typeof url === 'number';
          const id = isFresh ? url : url.id;
          turns.push({ id, host: host.host, hostId: host.id, tries: isFresh ? 0 : url.tries });
          host.room -= 1;
          if (host.room <= 0) spent.push(host);
          else place(host, now);
        } else {
          place(host, now);
        }
      }
      for (const host of spent) place(host, now);
      return turns;
    },
    nextAt: () => (ring.isEmpty() ? (waiting.peek()?.startAt ?? Number.POSITIVE_INFINITY) : 0),
    get size() {
      return hosts.size;
    },
  };
}

const NO_IDS: number[] = [];

function newHost(id: number, host: string): Host {
  return {
    id,
    host,
    window: NO_IDS,
    at: 0,
    cursor: 0,
    unread: 0,
    returned: null,
    until: 0,
    before: null,
    after: null,
    index: -1,
    startAt: 0,
    asked: 0,
    room: 0,
  };
}

/** 0 where a URL can be had at any time, `Infinity` where there is none. */
function firstDueAt(host: Host): number {
  if (host.at < host.window.length || host.unread > 0) return 0;
  return host.returned?.peek()?.dueAt ?? Number.POSITIVE_INFINITY;
}

function append(host: Host, id: number): void {
  if (id <= host.cursor) throw new Error(`store: id ${id} was queued after ${host.cursor}`);
  if (host.window === NO_IDS) host.window = [];
  // Ids that were given out stand before `at`; they go once they are as many as a window.
  if (host.at >= LEASE_WINDOW) {
    host.window.splice(0, host.at);
    host.at = 0;
  }
  host.window.push(id);
  host.cursor = id;
}

function refill(host: Host, readWindow: ReadWindow): void {
  const ids = readWindow(host.id, host.cursor, LEASE_WINDOW);
  if (ids.length !== Math.min(host.unread, LEASE_WINDOW)) {
    throw new Error(`store: ${ids.length} queued URLs were read of ${host.host} where ${host.unread} are counted`);
  }
  host.window = ids;
  host.at = 0;
  host.unread -= ids.length;
  host.cursor = ids[ids.length - 1]!;
}

function emptyWindow(host: Host): void {
  host.window = NO_IDS;
  host.at = 0;
}

interface Ring {
  /** At the back, where it is not in the ring already. */
  add(host: Host): void;
  remove(host: Host): void;
  shift(): Host | null;
  isEmpty(): boolean;
}

function createRing(): Ring {
  let first: Host | null = null;

  const remove = (host: Host): void => {
    if (host.before === null) return;
    if (first === host) first = host.after === host ? null : host.after;
    host.before.after = host.after;
    host.after!.before = host.before;
    host.before = null;
    host.after = null;
  };
  return {
    add(host) {
      if (host.before !== null) return;
      first ??= host;
      host.after = first;
      host.before = first.before ?? host;
      host.before.after = host;
      first.before = host;
    },
    remove,
    shift() {
      const host = first;
      if (host !== null) remove(host);
      return host;
    },
    isEmpty: () => first === null,
  };
}
