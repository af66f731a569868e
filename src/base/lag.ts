// How late our own event loop is. While it is busy, data from the network is timed too late, and the host is not to
// blame. How late it was during a run is a figure of the run.

import type { Clock } from './clock.ts';
import type { Lateness } from './lateness.ts';

export interface LagWatch {
  /** How many milliseconds late a callback of this moment may be. It counts a long call while it lasts. */
  ms(): number;
  /** The event loop should have come round by now. */
  isOverdue(): boolean;
  /**
   * How late the loop was since it first came round: before that the parts of a crawl are made, and nothing waits. A
   * long call that lasts counts for `mostMs`.
   */
  lateness(): Lateness;
  stop(): void;
}

/** Short against the lag that matters, 20 ms, and long against the cost of measuring. */
const PERIOD_MS = 10;
/** Lateness is counted by whole milliseconds, rounded up. What is later than this counts as the longest. */
const COUNTED_MS_MAX = 1_000;

export function watchLag(clock: Clock): LagWatch {
  /** By milliseconds, how many ticks were so late. */
  const counts = new Uint32Array(COUNTED_MS_MAX + 1);
  let ticks = 0;
  let hasComeRound = false;
  let mostMs = 0;
  let lagMs = 0;
  let beforeAt = clock.now();
  const lateMs = (): number => Math.max(0, clock.now() - beforeAt - PERIOD_MS);
  void clock.turn().then(() => {
    hasComeRound = true;
    beforeAt = clock.now();
  });
  const timer = clock.every(PERIOD_MS, () => {
    // Timers run before network callbacks, so each callback finds how late the loop was for it.
    lagMs = lateMs();
    beforeAt = clock.now();
    if (!hasComeRound) return;
    ticks += 1;
    const wholeMs = Math.ceil(lagMs);
    counts[Math.min(wholeMs, COUNTED_MS_MAX)]! += 1;
    if (wholeMs > mostMs) mostMs = wholeMs;
  });
  return {
    ms: () => Math.max(lagMs, lateMs()),
    isOverdue: () => lateMs() > 0,
    lateness() {
      let later = ticks;
      const ms = counts.findIndex((count) => {
        later -= count;
        return later <= ticks / 1_000;
      });
      const latestMs = Math.max(mostMs, hasComeRound ? Math.ceil(lateMs()) : 0);
      return { p999Ms: ms === COUNTED_MS_MAX ? latestMs : ms, mostMs: latestMs };
    },
    stop: () => timer.cancel(),
  };
}
