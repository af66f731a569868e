// Counts the requests and the received bytes of a run, of every kind: pages, robots.txt, sitemaps. It owns these
// totals. Bytes count as they arrive.

import type { Outcome } from '../base/contracts.ts';

export interface Meter {
  readonly requests: number;
  readonly bytes: number;
  /** Adds bytes that arrived. */
  received(bytes: number): void;
  /** A request has ended. */
  ended(outcome: Outcome): void;
  /** Called once, when the limit of bytes is reached; at once if the limit is 0. */
  onFull(callback: () => void): void;
}

/**
 * `bytesMax` is how much this run may receive; where the limit is shared, `more` gives more of it. The last read may
 * exceed it, and nothing more arrives if `onFull` ends the requests in flight.
 */
export function createMeter(bytesMax: number, more: (() => Promise<number>) | null = null): Meter {
  let requests = 0;
  let bytes = 0;
  let full: (() => void) | null = null;

  let most = bytesMax;
  let isAsking = false;

  const look = (): void => {
    if (bytes < most || full === null || isAsking) return;
    if (more === null) return end();
    isAsking = true;
    // If the store fails, the writers to it report the error.
    void more().then(given, end);
  };
  const given = (bytes: number): void => {
    isAsking = false;
    most += bytes;
    if (bytes > 0) look();
    else end();
  };
  const end = (): void => {
    const callback = full;
    full = null;
    callback?.();
  };
  return {
    get requests() {
      return requests;
    },
    get bytes() {
      return bytes;
    },
    received(more) {
      bytes += more;
      look();
    },
    ended({ refused }) {
      if (refused === null) requests += 1;
    },
    onFull(callback) {
      full = callback;
      look();
    },
  };
}
