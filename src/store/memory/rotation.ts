// Decides whose turn it is. URLs are taken round-robin, one at a time from each host that has room. The cost of a call
// depends only on the URLs that it gives and the hosts that it asks: waiting hosts (places.ts) are not visited, and
// waiting URLs (backlog.ts) are not in memory.

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
  /** It was leased or skipped before. */
  readonly wasPutBack: boolean;
}

export type AskRoom = (host: string, hostId: number) => HostRoom;

export interface Rotation {
  /** `count` URLs of the host are in the queue already and can be read. */
  known(hostId: number, host: string, count: number): void;
  /** Adds a URL that was queued. Its id is higher than all ids before. */
  queued(hostId: number, host: string, id: number): void;
  putBack(hostId: number, host: string, url: Returned): void;
  /** A lease of the host ended, so a host that waits for an event may be asked for room again. */
  settled(hostId: number): void;
  /** `nameOf` is called if the host is not known here. */
  hold(hostId: number, nameOf: () => string, until: number): void;
  /** Takes up to `most` URLs. At most `newMost` of them were never requested before. */
  take(most: number, now: number, room: AskRoom, newMost?: number): HostTurn[];
  /** The earliest time at which `take` may give a URL; `Infinity` if that depends on `settled` or `hold`. */
  nextAt(): number;
  /** The same for URLs that were requested before. It visits every host. */
  nextAskedAt(): number;
  /**
   * What happens at `nextAt`, or at `nextAskedAt` if `mayBeNew` is false; null if no time is known, or if a host may be
   * requested now.
   */
  awaited(mayBeNew: boolean): Awaited | null;
  /** How many hosts are remembered. */
  readonly size: number;
}

export function createRotation(readWindow: ReadWindow): Rotation {
  const places = createPlaces();
  let call = 0;
  /** How many waiting URLs were requested before. */
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
      // False if the clock was set back and the URL is not due any more.
      const isDue = firstDueAt(host.backlog) <= now;
      // The limit of new URLs is reached, and the host has no other that is due.
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
      // A host that gets no more in this call would only be shifted again and again. It comes back at the end of the
      // call.
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
  // A time in the past would make the host due again at once, without end.
  host.until = take > 0 ? 0 : Math.max(notBefore, now + 1);
}
