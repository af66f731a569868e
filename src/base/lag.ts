// How late our own event loop is. While it is busy, data from the network is timed too late, and the host is not to
// blame.

import type { Clock } from './clock.ts';

export interface LagWatch {
  /** How many milliseconds late a callback of this moment may be. It counts a long call while it lasts. */
  ms(): number;
  stop(): void;
}

/** Short against the lag that matters, 20 ms, and long against the cost of measuring. */
const PERIOD_MS = 10;

export function watchLag(clock: Clock): LagWatch {
  let lagMs = 0;
  let beforeAt = clock.now();
  const lateness = (): number => Math.max(0, clock.now() - beforeAt - PERIOD_MS);
  const timer = clock.every(PERIOD_MS, () => {
    // Timers run before network callbacks, so each callback finds how late the loop was for it.
    lagMs = lateness();
    beforeAt = clock.now();
  });
  return { ms: () => Math.max(lagMs, lateness()), stop: () => timer.cancel() };
}
