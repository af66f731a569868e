// The queues of the hosts. What all hosts need is two numbers each. The hosts whose turn is near also have a window:
// their next ids, in the order in which they were found. All other ids are only in the database. URLs that were put
// back are in memory, because each has a time of its own.

import { HOSTS_NEAR_MAX, LEASE_WINDOW } from '../../base/limits.ts';
import { createHeap, type Heap } from './heap.ts';
import { createNumbers } from './numbers.ts';

/** A URL that was put back, with the steady time before which it is not leased. */
export interface Returned {
  readonly id: number;
  readonly dueAt: number;
  readonly tries: number;
}

/**
 * The due time of a URL that was put back without a request. A URL in the queue that is not read in the order of its id
 * always has a due time, even if that is long past.
 */
export const LONG_DUE_AT = 1;
/** The due time of a URL that was requested before and may be requested again at any time. */
export const ASKED_DUE_AT = 2;
/** URLs of a host that may wait, to be requested again, until the host has no new ones. */
export const ASKED_LAST_MAX = 1_000;

export interface QueueReader {
  /**
   * Up to `most` queued ids of the host above `afterId`, rising, without URLs that were put back. Null if they are not
   * in memory yet; the same is then asked again later.
   */
  window(hostId: number, afterId: number, most: number): number[] | null;
  /** The name of the host. */
  nameOf(hostId: number): string;
  /**
   * Other processes queue URLs too, with ids in no order. So a window begins with the first id that is in no window,
   * and the counts are only what is known: zero if nothing was read.
   */
  readonly isShared?: true;
}

export interface Backlogs {
  /** `count` URLs of the host are in the queue already and can be read. */
  known(hostId: number, count: number): void;
  /** Adds a URL that was queued. Its id is higher than all ids before. */
  append(hostId: number, id: number): void;
  putBack(hostId: number, url: Returned): void;
  /**
   * Takes out the next URL. It alternates between a URL that was put back and is due, and the one found first. So a URL
   * that its server defers again and again does not block the others of its host. If `newFirst` is true, URLs that had
   * to wait come last, as long as they are few. The caller knows that there is one. If `mayBeNew` is false only URLs
   * that were requested before count. Null if the host's next window is not in memory yet.
   */
  next(hostId: number, now: number, mayBeNew: boolean, newFirst: boolean): Returned | null;
  /** When the next URL may be leased: 0 at any time, `Infinity` if there is none. */
  firstDueAt(hostId: number): number;
  /** The same for URLs that were requested before. */
  askedDueAt(hostId: number): number;
  /** The URL that is due at `askedDueAt`. */
  firstAsked(hostId: number): Returned | undefined;
  /** Hosts with URLs that were put back. */
  withPutBack(): Iterable<number>;
  /** Nothing of the host is known any more. */
  forget(hostId: number): void;
  nameOf(hostId: number): string;
  /** How many waiting URLs were requested before. */
  readonly asked: number;
  /** How many hosts have a window. */
  readonly near: number;
  /** The memory for the numbers of all hosts. */
  readonly bytes: number;
}

/** A host whose turn is near. */
interface Near {
  readonly host: string;
  window: number[];
  /** The index of the next id in the window. */
  at: number;
}

interface PutBack {
  /** URLs that were requested before, by the time of their next request. */
  returned: Heap<Returned> | null;
  /** URLs that were put back without a request. */
  regained: number[];
  /** The last URL that `next` gave had been put back. */
  wasReturned: boolean;
}

// Shared by all hosts without a window.
const NO_IDS: number[] = [];

/** `nearMost` is how many hosts may have a window. */
export function createBacklogs(reader: QueueReader, nearMost = HOSTS_NEAR_MAX): Backlogs {
  /** How many URLs of the host wait that were never put back, those in its window included. */
  const counts = createNumbers(Uint32Array);
  /** All queued ids of the host up to this one are in its window or were in it. */
  const cursors = createNumbers(Uint32Array);
  const near = new Map<number, Near>();
  const putBacks = new Map<number, PutBack>();
  let asked = 0;

  /** Forgets the windows that were made first. What is left in them is read again. */
  const forgetWindows = (): void => {
    for (const [hostId, { window, at }] of near) {
      if (near.size <= nearMost >> 1) return;
      if (at < window.length) cursors.set(hostId, window[at]! - 1);
      near.delete(hostId);
    }
  };
  const nearOf = (hostId: number): Near => {
    let host = near.get(hostId);
    if (host === undefined) {
      if (near.size >= nearMost) forgetWindows();
      host = { host: reader.nameOf(hostId), window: NO_IDS, at: 0 };
      near.set(hostId, host);
    }
    return host;
  };
  const refillShared = (hostId: number, host: Near): boolean => {
    const ids = reader.window(hostId, 0, LEASE_WINDOW);
    if (ids === null) return false;
    // After a full window there may be more.
    const count = ids.length < LEASE_WINDOW ? ids.length : Math.max(ids.length + 1, counts.get(hostId));
    counts.set(hostId, count);
    host.window = ids;
    host.at = 0;
    return count > 0;
  };
  const refill = (hostId: number, host: Near): boolean => {
    if (reader.isShared === true) return refillShared(hostId, host);
    // The database may already hold more, with higher ids. They are written but not durable, so they must not be leased
    // yet.
    const count = counts.get(hostId);
    const most = Math.min(count, LEASE_WINDOW);
    const ids = reader.window(hostId, cursors.get(hostId), most);
    if (ids === null) return false;
    if (ids.length === 0 || ids.length !== most) {
      throw new Error(`store: ${ids.length} queued URLs of host ${hostId} were read, but ${count} are counted`);
    }
    host.window = ids;
    host.at = 0;
    cursors.set(hostId, ids[ids.length - 1]!);
    return true;
  };
  const nextInOrder = (hostId: number): Returned | null => {
    const host = nearOf(hostId);
    if (host.at === host.window.length && !refill(hostId, host)) return null;
    const id = host.window[host.at]!;
    host.at += 1;
    if (host.at === host.window.length) {
      host.window = NO_IDS;
      host.at = 0;
    }
    counts.set(hostId, counts.get(hostId) - 1);
    return { id, dueAt: 0, tries: 0 };
  };
  const askedDueAt = (hostId: number): number => dueAtOf(putBacks.get(hostId));
  const hasNew = (hostId: number): boolean =>
    counts.get(hostId) > 0 || (putBacks.get(hostId)?.regained.length ?? 0) > 0;
  /** Null if it is the turn of a URL that was not put back. */
  const nextPutBack = (hostId: number, now: number, mayBeNew: boolean, newFirst: boolean): Returned | null => {
    const back = putBacks.get(hostId);
    if (back === undefined) return null;
    const isNewLeft = mayBeNew && hasNew(hostId);
    const dueAt = dueAtOf(back);
    const isNewFirst = newFirst && dueAt > ASKED_DUE_AT && back.returned!.size <= ASKED_LAST_MAX;
    back.wasReturned = dueAt <= now && !(isNewLeft && (isNewFirst || back.wasReturned));
    const regained = back.wasReturned ? undefined : back.regained.pop();
    const url = back.wasReturned ? back.returned!.pop()! : null;
    if (url !== null) asked -= 1;
    const isEmpty = back.regained.length === 0 && (back.returned === null || back.returned.size === 0);
    // It must be remembered whose turn it was as long as there are others.
    if (isEmpty && !(back.wasReturned && hasNew(hostId))) putBacks.delete(hostId);
    return regained === undefined ? url : { id: regained, dueAt: LONG_DUE_AT, tries: 0 };
  };

  return {
    known: (hostId, count) => counts.set(hostId, counts.get(hostId) + count),
    append(hostId, id) {
      if (reader.isShared === true) {
        counts.set(hostId, counts.get(hostId) + 1);
        return;
      }
      if (id <= cursors.get(hostId)) throw new Error(`store: id ${id} was queued after ${cursors.get(hostId)}`);
      const count = counts.get(hostId);
      counts.set(hostId, count + 1);
      const host = near.get(hostId);
      // If the window holds the whole queue, a new id is added to it and need not be read later.
      if (host === undefined || count >= LEASE_WINDOW || count > host.window.length - host.at) return;
      // The ids before `at` are used; they are removed when they are as many as a window.
      if (host.at >= LEASE_WINDOW) {
        host.window.splice(0, host.at);
        host.at = 0;
      }
      if (host.window === NO_IDS) host.window = [id];
      else host.window.push(id);
      cursors.set(hostId, id);
    },
    putBack(hostId, url) {
      let back = putBacks.get(hostId);
      if (back === undefined) {
        back = { returned: null, regained: NO_IDS, wasReturned: false };
        putBacks.set(hostId, back);
      }
      if (url.dueAt < ASKED_DUE_AT) {
        // Of a hundred thousand hosts each may have one, and a list that grew keeps room for sixteen more.
        if (back.regained.length === 0) back.regained = [url.id];
        else back.regained.push(url.id);
        return;
      }
      asked += 1;
      back.returned ??= createHeap(dueAtOfUrl);
      back.returned.push(url);
    },
    next: (hostId, ...how) => nextPutBack(hostId, ...how) ?? nextInOrder(hostId),
    firstDueAt: (hostId) => (hasNew(hostId) ? 0 : askedDueAt(hostId)),
    askedDueAt,
    firstAsked: (hostId) => putBacks.get(hostId)?.returned?.peek(),
    withPutBack: () => putBacks.keys(),
    forget(hostId) {
      counts.set(hostId, 0);
      cursors.set(hostId, 0);
      near.delete(hostId);
      asked -= putBacks.get(hostId)?.returned?.size ?? 0;
      putBacks.delete(hostId);
    },
    nameOf: (hostId) => near.get(hostId)?.host ?? nearOf(hostId).host,
    get asked() {
      return asked;
    },
    get near() {
      return near.size;
    },
    get bytes() {
      return counts.bytes + cursors.bytes;
    },
  };
}

function dueAtOf(back: PutBack | undefined): number {
  return back?.returned?.peek()?.dueAt ?? Number.POSITIVE_INFINITY;
}

function dueAtOfUrl({ dueAt }: Returned): number {
  return dueAt;
}
