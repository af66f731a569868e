// The queue of one host: a window of ids in the order in which they were found, and the URLs that were put back. When
// the window is used up the next one is read. All other URLs are only in the database.

import { LEASE_WINDOW } from '../../base/limits.ts';
import { createHeap, type Heap } from './heap.ts';

/** A URL that was put back, with the steady time before which it is not leased. */
export interface Returned {
  readonly id: number;
  readonly dueAt: number;
  readonly tries: number;
}

export interface Backlog {
  window: number[];
  /** The index of the next id in the window. */
  at: number;
  /** All queued ids up to this one are in the window or were in it. */
  cursor: number;
  /** How many ids are queued above the cursor. */
  unread: number;
  /** URLs that were requested before, by the time of their next request. */
  returned: Heap<Returned> | null;
  /** URLs that were put back without a request and are not read in the order of their ids. */
  regained: number[];
  /** The last URL that `next` gave had been put back. */
  wasReturned: boolean;
}

/**
 * The due time of a URL that was put back without a request. A URL in the queue that is not read in the order of its id
 * always has a due time, even if that is long past.
 */
export const LONG_DUE_AT = 1;
/** The due time of a URL that was requested before and may be requested again at any time. */
export const ASKED_DUE_AT = 2;

/** Up to `most` queued ids of the host above `afterId`, rising, without URLs that were put back. */
export type ReadWindow = (hostId: number, afterId: number, most: number) => number[];

// Shared by all hosts without a window; there may be many.
const NO_IDS: number[] = [];

export function newBacklog(): Backlog {
  return { window: NO_IDS, at: 0, cursor: 0, unread: 0, returned: null, regained: NO_IDS, wasReturned: false };
}

/** When the next URL may be leased: 0 at any time, `Infinity` if there is none. */
export function firstDueAt(backlog: Backlog): number {
  return hasNew(backlog) ? 0 : askedDueAt(backlog);
}

/** The same for URLs that were requested before. */
export function askedDueAt(backlog: Backlog): number {
  return backlog.returned?.peek()?.dueAt ?? Number.POSITIVE_INFINITY;
}

function hasNew({ at, window, unread, regained }: Backlog): boolean {
  return at < window.length || unread > 0 || regained.length > 0;
}

/** Adds a URL that was queued. Its id is higher than all ids before. */
export function append(backlog: Backlog, id: number): void {
  if (id <= backlog.cursor) throw new Error(`store: id ${id} was queued after ${backlog.cursor}`);
  // If the window holds the whole queue, a new id is added to it and need not be read later.
  if (backlog.unread > 0 || backlog.window.length - backlog.at >= LEASE_WINDOW) {
    backlog.unread += 1;
    return;
  }
  if (backlog.window === NO_IDS) backlog.window = [];
  // The ids before `at` are used; they are removed when they are as many as a window.
  if (backlog.at >= LEASE_WINDOW) {
    backlog.window.splice(0, backlog.at);
    backlog.at = 0;
  }
  backlog.window.push(id);
  backlog.cursor = id;
}

export function putBack(backlog: Backlog, url: Returned): void {
  if (url.dueAt < ASKED_DUE_AT) {
    if (backlog.regained === NO_IDS) backlog.regained = [];
    backlog.regained.push(url.id);
    return;
  }
  backlog.returned ??= createHeap<Returned>((item) => item.dueAt);
  backlog.returned.push(url);
}

/**
 * Takes out the next URL. It alternates between a URL that was put back and is due, and the one found first. So a URL
 * that its server defers again and again does not block the others of its host. The caller has made sure that there is
 * one. If `mayBeNew` is false, only URLs that were requested before count.
 */
export function next(
  backlog: Backlog,
  hostId: number,
  now: number,
  readWindow: ReadWindow,
  mayBeNew: boolean,
): Returned {
  const isNewLeft = mayBeNew && hasNew(backlog);
  backlog.wasReturned = askedDueAt(backlog) <= now && !(backlog.wasReturned && isNewLeft);
  if (backlog.wasReturned) return backlog.returned!.pop()!;
  const regained = backlog.regained.pop();
  if (regained !== undefined) return { id: regained, dueAt: LONG_DUE_AT, tries: 0 };
  if (backlog.at === backlog.window.length) refill(backlog, hostId, readWindow);
  const id = backlog.window[backlog.at]!;
  backlog.at += 1;
  if (backlog.at === backlog.window.length) {
    backlog.window = NO_IDS;
    backlog.at = 0;
  }
  return { id, dueAt: 0, tries: 0 };
}

function refill(backlog: Backlog, hostId: number, readWindow: ReadWindow): void {
  // The database may already hold more, with higher ids. They are written but not durable, so they must not be leased
  // yet.
  const most = Math.min(backlog.unread, LEASE_WINDOW);
  const ids = readWindow(hostId, backlog.cursor, most);
  if (ids.length === 0 || ids.length !== most) {
    throw new Error(`store: ${ids.length} queued URLs of host ${hostId} were read, but ${backlog.unread} are counted`);
  }
  backlog.window = ids;
  backlog.at = 0;
  backlog.unread -= ids.length;
  backlog.cursor = ids[ids.length - 1]!;
}
