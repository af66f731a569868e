// What a run has put on the wire and received, of whatever kind: pages, robots.txt, sitemaps. It owns these sums; bytes count as they come.

import type { Fetch } from '../base/contracts.ts';

export interface Meter {
  readonly requests: number;
  readonly bytes: number;
  /** Bytes that came. */
  received(bytes: number): void;
  /** The same, whose requests are counted. */
  counted(fetch: Fetch): Fetch;
  /** Called once, when as many bytes have come as may; at once where none may. */
  onFull(callback: () => void): void;
}

/** `bytesMax`: what this run may receive. Past it comes what one read brings, and no more where `onFull` ends what is on its way. */
export function createMeter(bytesMax: number): Meter {
  let requests = 0;
  let bytes = 0;
  let full: (() => void) | null = null;

  const look = (): void => {
    if (bytes < bytesMax || full === null) return;
    const callback = full;
    full = null;
    callback();
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
    counted: (fetch) => async (request, signal) => {
      const outcome = await fetch(request, signal);
      if (outcome.refused === null) requests += 1;
      return outcome;
    },
    onFull(callback) {
      full = callback;
      look();
    },
  };
}
