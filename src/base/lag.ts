// How late our own event loop is. What comes from the network while it is busy is timed too late, and the host is not to blame.

import type { Clock } from './clock.ts';

export interface LagWatch {
  /** Milliseconds by which what is called now may be late; a long call is seen while it lasts. */
  ms(): number;
  stop(): void;
}

/** Short against the lag that matters, which is 20 ms, and long against the cost of looking. */
const PERIOD_MS = 10;

export function watchLag(clock: Clock): LagWatch {
  let lagMs = 0;
  let beforeAt = clock.now();
  const lateness = (): number => Math.max(0, clock.now() - beforeAt - PERIOD_MS);
  const timer = clock.every(PERIOD_MS, () => {
    // Timers come before what the network brought: whoever is called next finds how late the loop was for it.
    lagMs = lateness();
    beforeAt = clock.now();
  });
  return { ms: () => Math.max(lagMs, lateness()), stop: () => timer.cancel() };
}
