// Whose turn it is. URLs go round-robin over the hosts that have room, one each. A call costs what it gives out and the hosts
// that it asks: hosts that wait (places.ts) are not visited, and URLs that wait (backlog.ts) are not in memory.

import type { Awaited, HostRoom } from '../../base/contracts.ts';
import {
  ASKED_DUE_AT,
  append,
  askedDueAt,
  firstDueAt,
  next,
  putBack,
  type ReadWindow,
  type Returned,
} from './backlog.ts';
import { createPlaces, type WaitingHost } from './places.ts';

/** A URL whose turn has come. */
export interface HostTurn {
  readonly id: number;
  readonly host: string;
  readonly hostId: number;
  readonly tries: number;
  readonly wasAsked: boolean;
  /** It was leased before, or skipped. */
  readonly wasPutBack: boolean;
}

export type AskRoom = (host: string, hostId: number) => HostRoom;

export interface Rotation {
  /** `count` URLs of the host were queued before, and can be read. */
  known(hostId: number, host: string, count: number): void;
  /** A URL was queued; ids rise. */
  queued(hostId: number, host: string, id: number): void;
  putBack(hostId: number, host: string, url: Returned): void;
  /** A lease of the host ended: a host that waits without an end may be asked again. */
  settled(hostId: number): void;
  /** `nameOf` is asked where the host is not known here. */
  hold(hostId: number, nameOf: () => string, until: number): void;
  /** Of those that were never asked `newMost` at most. */
  take(most: number, now: number, room: AskRoom, newMost?: number): HostTurn[];
  /** The earliest time at which `take` may give something; `Infinity` where only `settled` or `hold` can change that. */
  nextAt(): number;
  /** The same for those that were asked before; it looks at every host. */
  nextAskedAt(): number;
  /** What is to come at `nextAt`, or at `nextAskedAt` where `mayBeNew` is false; null where that is no time. */
  awaited(mayBeNew: boolean): Awaited | null;
  /** Hosts that are remembered. */
  readonly size: number;
}

export function createRotation(readWindow: ReadWindow): Rotation {
  const places = createPlaces();
  let call = 0;
  /** How many wait that were asked before. */
  let asked = 0;

  const take = (most: number, now: number, room: AskRoom, newMost = Number.POSITIVE_INFINITY): HostTurn[] => {
    if (newMost <= 0 && asked === 0) return [];
    call += 1;
    let newLeft = newMost;
    const turns: HostTurn[] = [];
    const spent: WaitingHost[] = [];
    places.open(now);
    while (turns.length < most) {
      const host = places.shift();
      if (host === null) break;
      // A clock that was set back: what was due is not any more.
      const isDue = firstDueAt(host.backlog) <= now;
      // What is new may not count any more.
      const isOver = newLeft <= 0 && askedDueAt(host.backlog) > now;
      if (isDue && !isOver && host.asked !== call) ask(host, call, now, room);
      if (isDue && !isOver && host.room > 0) {
        const { id, tries, dueAt } = next(host.backlog, host.id, now, readWindow, newLeft > 0);
        const wasAsked = dueAt >= ASKED_DUE_AT;
        turns.push({ id, host: host.host, hostId: host.id, tries, wasAsked, wasPutBack: dueAt > 0 });
        host.room -= 1;
        if (wasAsked) asked -= 1;
        else newLeft -= 1;
      }
      // Who gets no more in this call would be shifted again and again: it comes back when all are through.
      if (isDue && (isOver || (host.room <= 0 && host.until === 0))) spent.push(host);
      else places.place(host, now);
    }
    for (const host of spent) places.place(host, now);
    return turns;
  };

  const firstAsked = (): WaitingHost | null => {
    let first: WaitingHost | null = null;
    if (asked === 0) return first;
    for (const host of places.all()) {
      const at = askedAt(host);
      if (at < (first === null ? Number.POSITIVE_INFINITY : askedAt(first))) first = host;
    }
    return first;
  };

  return {
    known(hostId, name, count) {
      const host = places.of(hostId, () => name);
      host.backlog.unread += count;
      places.place(host, 0);
    },
    queued(hostId, name, id) {
      const host = places.of(hostId, () => name);
      append(host.backlog, id);
      if (host.before === null) places.place(host, 0);
    },
    putBack(hostId, name, url) {
      const host = places.of(hostId, () => name);
      putBack(host.backlog, url);
      if (url.dueAt >= ASKED_DUE_AT) asked += 1;
      if (host.before === null) places.place(host, 0);
    },
    settled(hostId) {
      const host = places.get(hostId);
      if (host === undefined || host.until !== Number.POSITIVE_INFINITY) return;
      host.until = 0;
      places.place(host, 0);
    },
    hold(hostId, nameOf, until) {
      const host = places.of(hostId, nameOf);
      host.until = until;
      places.place(host, 0);
    },
    take,
    nextAt: () => places.nextAt(),
    nextAskedAt() {
      const host = firstAsked();
      return host === null ? Number.POSITIVE_INFINITY : askedAt(host);
    },
    awaited(mayBeNew) {
      const host = mayBeNew ? places.first() : firstAsked();
      if (host === null) return null;
      const dueAt = mayBeNew ? firstDueAt(host.backlog) : askedDueAt(host.backlog);
      const again = dueAt > host.until ? { id: host.backlog.returned!.peek()!.id, urls: asked } : null;
      return { host: host.host, again };
    },
    get size() {
      return places.size;
    },
  };
}

function askedAt({ until, backlog }: WaitingHost): number {
  return Math.max(until, askedDueAt(backlog));
}

function ask(host: WaitingHost, call: number, now: number, room: AskRoom): void {
  const { take, notBefore } = room(host.host, host.id);
  host.asked = call;
  host.room = take;
  // What is in the past already would be asked for ever.
  host.until = take > 0 ? 0 : Math.max(notBefore, now + 1);
}
