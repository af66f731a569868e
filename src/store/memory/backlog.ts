// What one host has to be leased: a window of ids in the order in which they were found, read anew when it is used up, and
// the URLs that were put back. The rest is in the database only.

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
  /** The window's next. */
  at: number;
  /** What is queued up to this id is in the window or was in it. */
  cursor: number;
  /** How many are queued above the cursor. */
  unread: number;
  /** Those that were asked before, by the time at which they may be again, */
  returned: Heap<Returned> | null;
  /** and those that were not, and cannot be read in the order of their ids. */
  regained: number[];
  /** The last one that was given had been put back. */
  wasReturned: boolean;
}

/** The rows of `queue` that were not read in the order of their ids have a time, however long ago. This one was never asked, */
export const LONG_DUE_AT = 1;
/** and one that was asked and may be asked again at any time has this. */
export const ASKED_DUE_AT = 2;

/** Up to `most` queued ids of the host above `afterId`, rising; those that were put back left out. */
export type ReadWindow = (hostId: number, afterId: number, most: number) => number[];

// Shared by all hosts that have no window, of which there may be many.
const NO_IDS: number[] = [];

export function newBacklog(): Backlog {
  return { window: NO_IDS, at: 0, cursor: 0, unread: 0, returned: null, regained: NO_IDS, wasReturned: false };
}

/** 0 where a URL can be had at any time, `Infinity` where there is none. */
export function firstDueAt(backlog: Backlog): number {
  return hasNew(backlog) ? 0 : askedDueAt(backlog);
}

/** The same for those that were asked before. */
export function askedDueAt(backlog: Backlog): number {
  return backlog.returned?.peek()?.dueAt ?? Number.POSITIVE_INFINITY;
}

function hasNew({ at, window, unread, regained }: Backlog): boolean {
  return at < window.length || unread > 0 || regained.length > 0;
}

/** A URL was queued; ids rise. */
export function append(backlog: Backlog, id: number): void {
  if (id <= backlog.cursor) throw new Error(`store: id ${id} was queued after ${backlog.cursor}`);
  // While the window holds all that there is, what is new goes there and need not be read.
  if (backlog.unread > 0 || backlog.window.length - backlog.at >= LEASE_WINDOW) {
    backlog.unread += 1;
    return;
  }
  if (backlog.window === NO_IDS) backlog.window = [];
  // Ids that were given out stand before `at`; they go once they are as many as a window.
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
 * Takes the next URL out: by turns one that was put back and is due, and the one found first. So a URL that the server sends away
 * again and again does not keep the others of its host waiting. There must be one; `mayBeNew` is false where only those count
 * that were asked before.
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
  // The database may have more by now, of a higher id: written, but not durable yet and so not to be leased.
  const most = Math.min(backlog.unread, LEASE_WINDOW);
  const ids = readWindow(hostId, backlog.cursor, most);
  if (ids.length === 0 || ids.length !== most) {
    throw new Error(`store: ${ids.length} queued URLs were read of host ${hostId} where ${backlog.unread} are counted`);
  }
  backlog.window = ids;
  backlog.at = 0;
  backlog.unread -= ids.length;
  backlog.cursor = ids[ids.length - 1]!;
}
