// The sitemaps that wait for their turn, by host. A host without room is not asked again before its time.

import type { Clock } from '../base/clock.ts';
import type { Awaited, Sitemap } from '../base/contracts.ts';
import type { Gate } from './gate.ts';

/** A sitemap with the steady time before which it is not requested. */
type Due = Sitemap & { readonly dueAt: number };

export interface SitemapQueue<T extends Due> {
  add(errand: T): void;
  /** Takes out a sitemap whose host has room now. */
  take(): T | null;
  /** The host may be asked for room from this time on. */
  opened(hostId: number, until: number): void;
  /** The host belongs to another process. */
  forget(hostId: number): void;
  /** The earliest steady time at which `take` may give one; `Infinity` if only an event can change that. */
  readonly nextAt: number;
  /** What `nextAt` waits for. */
  readonly awaited: Awaited | null;
}

interface HostQueue<T> {
  readonly errands: T[];
  /** The host has no room before this time; `Infinity` until `opened` is called for it. */
  until: number;
}

const CLOSED = { take: 0, notBefore: 0 };

export function createSitemapQueue<T extends Due>(gate: Gate, clock: Clock): SitemapQueue<T> {
  const waiting = new Map<number, HostQueue<T>>();
  let nextAt = Number.POSITIVE_INFINITY;
  let awaited: Awaited | null = null;

  /** The host has no room, or none of its sitemaps is due. */
  const passOver = (queue: HostQueue<T>, first: Due): void => {
    const at = Math.max(queue.until, first.dueAt);
    const isAgain = first.dueAt > queue.until;
    if (at < nextAt) awaited = { host: first.host, again: isAgain ? { id: null, urls: 1 } : null };
    nextAt = Math.min(nextAt, at);
  };

  return {
    add(errand) {
      const queue = waiting.get(errand.hostId);
      if (queue === undefined) waiting.set(errand.hostId, { errands: [errand], until: 0 });
      else queue.errands.push(errand);
    },
    take() {
      nextAt = Number.POSITIVE_INFINITY;
      const now = clock.now();
      for (const [hostId, queue] of waiting) {
        const { errands } = queue;
        const first = errands.reduce((a, b) => (b.dueAt < a.dueAt ? b : a));
        const mayBeAsked = first.dueAt <= now && queue.until <= now;
        const room = mayBeAsked ? gate.room(first.host, hostId) : CLOSED;
        if (room === null) return null;
        if (room.take <= 0) {
          if (mayBeAsked) queue.until = room.notBefore;
          passOver(queue, first);
          continue;
        }
        errands.splice(errands.indexOf(first), 1);
        if (errands.length === 0) waiting.delete(hostId);
        return first;
      }
      return null;
    },
    opened(hostId, until) {
      const queue = waiting.get(hostId);
      if (queue !== undefined) queue.until = until;
    },
    forget: (hostId) => void waiting.delete(hostId),
    get nextAt() {
      return nextAt;
    },
    get awaited() {
      return awaited;
    },
  };
}
