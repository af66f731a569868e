// Decides whose turn it is. URLs are taken round-robin, one at a time from each host that has room. A host that has
// more in hand than hosts have on average comes after the others: so hosts whose responses never end do not take all
// places. The cost of a call depends only on the URLs that it gives and the hosts that it asks: waiting hosts
// (places.ts) are not visited, and waiting URLs (backlog.ts) are not in memory. Hosts are known by their ids alone.

import type { Awaited, HostRoom } from '../../base/contracts.ts';
import { ASKED_DUE_AT, createBacklogs, type QueueReader, type Returned } from './backlog.ts';
import { createPlaces } from './places.ts';

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

/** Null if no further host can be asked for now. */
export type AskRoom = (host: string, hostId: number) => HostRoom | null;

export interface Rotation {
  /** `count` URLs of the host are in the queue already and can be read. */
  known(hostId: number, count: number): void;
  /** Adds a URL that was queued. Its id is higher than all ids before. */
  queued(hostId: number, id: number): void;
  putBack(hostId: number, url: Returned): void;
  /** A lease of the host ended, so a host that waits for an event may be asked for room again. */
  settled(hostId: number): void;
  hold(hostId: number, until: number): void;
  /** The host belongs to another process now, or nothing is known of it yet. */
  forget(hostId: number): void;
  /** When the host may give a URL, as far as is known: 0 at any time, `Infinity` if that depends on an event. */
  opensAt(hostId: number): number;
  /** When the first URL of the host is due; `Infinity` if none waits here. */
  dueAt(hostId: number): number;
  /** Takes up to `most` URLs. At most `newMost` of them were never requested before. */
  take(most: number, now: number, room: AskRoom, newMost?: number): HostTurn[];
  /**
   * The earliest time at which `take` may give a URL; `Infinity` if that depends on `settled`, on `hold`, or on whoever
   * refused to be asked for room.
   */
  nextAt(): number;
  /** The same for URLs that were requested before. It visits every host with any. */
  nextAskedAt(): number;
  /**
   * What happens at `nextAt`, or at `nextAskedAt` if `mayBeNew` is false; null if no time is known, or if a host may be
   * requested now.
   */
  awaited(mayBeNew: boolean): Awaited | null;
  /** How many hosts wait for their turn or for a time. */
  readonly size: number;
  /** How many hosts are in memory with more than a few numbers. */
  readonly near: number;
  /** The memory for the numbers of all hosts. */
  readonly bytes: number;
}

/** How many hosts with much in hand are passed over in one call. */
const PASSED_OVER_MAX = 32;
/** How many hosts may wait, for each that has URLs in hand, so that a place goes back to the host that gave it. */
const OTHERS_MOST = 2;

/** `nearMost` is how many hosts may be near their turn. */
export function createRotation(reader: QueueReader, nearMost?: number): Rotation {
  const backlogs = createBacklogs(reader, nearMost);
  const places = createPlaces(backlogs.firstDueAt);
  /** The last call of `take` ended because no further host could be asked. Whoever refused it calls again. */
  let isRefused = false;
  /** By host, how many URLs it may still have in this call of `take`. */
  const rooms = new Map<number, number>();
  /** Of these, the hosts whose new URLs come first. */
  const newFirst = new Set<number>();
  /** By host, how many URLs were taken and are not settled, and their sum. */
  const inHand = new Map<number, number>();
  let inHandOfAll = 0;
  /** Hosts that have more in hand than others, and whose turn therefore comes at the end of the call. */
  const ahead: number[] = [];

  const placed = (hostId: number): void => {
    if (!places.isReady(hostId)) places.place(hostId, 0);
  };
  const open = (hostId: number, until: number): void => {
    if (until > 0) places.loseTurn(hostId);
    places.delay(hostId, until);
    places.place(hostId, 0);
  };
  /** False if no further host can be asked for now. */
  const ask = (hostId: number, now: number, room: AskRoom): boolean => {
    const answer = room(backlogs.nameOf(hostId), hostId);
    if (answer === null) return false;
    const { take, notBefore, keepsTurn } = answer;
    rooms.set(hostId, take);
    if (answer.newFirst === true) newFirst.add(hostId);
    // A time in the past would make the host due again at once, without end.
    places.delay(hostId, take > 0 ? 0 : Math.max(notBefore, now + 1));
    if (keepsTurn === true) places.keepTurn(hostId);
    return true;
  };
  /** Null if the host's next URLs are not in memory yet. */
  const next = (hostId: number, now: number, mayBeNew: boolean): HostTurn | null => {
    const url = backlogs.next(hostId, now, mayBeNew, newFirst.has(hostId));
    if (url === null) return null;
    const { id, tries, dueAt } = url;
    rooms.set(hostId, rooms.get(hostId)! - 1);
    const host = backlogs.nameOf(hostId);
    return { id, host, hostId, tries, wasAsked: dueAt >= ASKED_DUE_AT, wasPutBack: dueAt > 0 };
  };

  const add = (hostId: number, by: number): void => {
    const count = (inHand.get(hostId) ?? 0) + by;
    inHandOfAll += by;
    if (count > 0) inHand.set(hostId, count);
    else inHand.delete(hostId);
  };
  /** To be compared with `inHandOfAll`: what all would have in hand if each had as much as this host. */
  const weightOf = (hostId: number): number => (inHand.get(hostId) ?? 0) * inHand.size;
  /** Takes out the host whose turn it is; 0 if there is none. */
  const shift = (): number => {
    for (let hostId = places.shift(); hostId !== 0; hostId = places.shift()) {
      if (ahead.length >= PASSED_OVER_MAX || weightOf(hostId) <= inHandOfAll) return hostId;
      ahead.push(hostId);
    }
    return ahead.shift() ?? 0;
  };

  const take = (most: number, now: number, room: AskRoom, newMost = Number.POSITIVE_INFINITY): HostTurn[] => {
    if (newMost <= 0 && backlogs.asked === 0) return [];
    rooms.clear();
    newFirst.clear();
    isRefused = false;
    let newLeft = newMost;
    const turns: HostTurn[] = [];
    const spent: number[] = [];
    places.open(now);
    while (turns.length < most) {
      const hostId = shift();
      if (hostId === 0) break;
      // False if the clock was set back and the URL is not due any more.
      const isDue = backlogs.firstDueAt(hostId) <= now;
      // The limit of new URLs is reached, and the host has no other that is due.
      const isOver = newLeft <= 0 && backlogs.askedDueAt(hostId) > now;
      const mayBeAsked = isDue && !isOver;
      if (mayBeAsked && !rooms.has(hostId) && !ask(hostId, now, room)) {
        places.keepTurn(hostId);
        places.place(hostId, now);
        isRefused = true;
        break;
      }
      let isUnread = false;
      if (mayBeAsked && rooms.get(hostId)! > 0) {
        const turn = next(hostId, now, newLeft > 0);
        isUnread = turn === null;
        if (turn !== null) {
          turns.push(turn);
          add(hostId, 1);
          if (!turn.wasAsked) newLeft -= 1;
        }
      }
      // A host that gets no more in this call would only be shifted again and again. It comes back at the end of the
      // call.
      const isSpent = isOver || isUnread || (rooms.get(hostId)! <= 0 && places.until(hostId) === 0);
      if (isDue && isSpent) spent.push(hostId);
      else places.place(hostId, now);
    }
    for (const hostId of ahead.splice(0)) places.place(hostId, now);
    for (const hostId of spent) places.place(hostId, now);
    return turns;
  };

  const askedAt = (hostId: number): number => Math.max(places.until(hostId), backlogs.askedDueAt(hostId));
  const firstAsked = (): number => {
    let first = 0;
    let firstAt = Number.POSITIVE_INFINITY;
    for (const hostId of backlogs.withPutBack()) {
      const at = askedAt(hostId);
      if (at >= firstAt) continue;
      first = hostId;
      firstAt = at;
    }
    return first;
  };

  return {
    known(hostId, count) {
      backlogs.known(hostId, count);
      places.place(hostId, 0);
    },
    queued(hostId, id) {
      backlogs.append(hostId, id);
      placed(hostId);
    },
    putBack(hostId, url) {
      backlogs.putBack(hostId, url);
      placed(hostId);
    },
    settled(hostId) {
      if (inHand.has(hostId)) add(hostId, -1);
      const isParked = places.until(hostId) === Number.POSITIVE_INFINITY;
      const hasUrls = places.isReady(hostId) || (isParked && backlogs.firstDueAt(hostId) < Number.POSITIVE_INFINITY);
      // It may take the place that it gives back, unless it has much in hand or many other hosts wait. Otherwise its
      // places would go, one by one, to hosts that give nothing back.
      const isNext = hasUrls && places.size <= OTHERS_MOST * inHand.size && weightOf(hostId) < inHandOfAll;
      if (isNext) places.keepTurn(hostId);
      if (isParked) open(hostId, 0);
      else if (isNext) places.place(hostId, 0);
    },
    hold: open,
    forget(hostId) {
      add(hostId, -(inHand.get(hostId) ?? 0));
      places.forget(hostId);
      backlogs.forget(hostId);
    },
    opensAt: (hostId) => Math.max(places.until(hostId), backlogs.firstDueAt(hostId)),
    dueAt: backlogs.firstDueAt,
    take,
    nextAt: () => (isRefused ? places.nextDueAt() : places.nextAt()),
    nextAskedAt() {
      const hostId = firstAsked();
      return hostId === 0 ? Number.POSITIVE_INFINITY : askedAt(hostId);
    },
    awaited(mayBeNew) {
      const hostId = mayBeNew ? places.first() : firstAsked();
      if (hostId === 0) return null;
      const dueAt = mayBeNew ? backlogs.firstDueAt(hostId) : backlogs.askedDueAt(hostId);
      const isAgain = dueAt > places.until(hostId);
      const again = isAgain ? { id: backlogs.firstAsked(hostId)!.id, urls: backlogs.asked } : null;
      return { host: backlogs.nameOf(hostId), again };
    },
    get size() {
      return places.size;
    },
    get near() {
      return backlogs.near;
    },
    get bytes() {
      return backlogs.bytes + places.bytes;
    },
  };
}
