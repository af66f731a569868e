// The clock as one process has it, on the one time line of the world. Its steady time begins with what the clock on the
// wall said when it was started; and when it is killed, nothing that it has set comes any more.

import type { Clock, Timer } from '../../src/base/clock.ts';
import type { VirtualClock } from './virtual-clock.ts';

export interface ProcessClock extends Clock {
  kill(): void;
}

const UPTIME_STEP_MS = 10;

/** `bootedAt`: when the machine was started, in the world's milliseconds. */
export function createProcessClock(reality: VirtualClock, bootedAt: number): ProcessClock {
  const bornAt = reality.now();
  const saidThen = reality.wall();
  const timers = new Set<Timer>();
  const kept = (set: (fired: () => void) => Timer): Timer => {
    const timer = set(() => timers.delete(timer));
    timers.add(timer);
    return {
      cancel() {
        timers.delete(timer);
        timer.cancel();
      },
    };
  };
  const after = (ms: number, callback: () => void): Timer =>
    kept((fired) =>
      reality.after(ms, () => {
        fired();
        callback();
      }),
    );
  return {
    now: () => saidThen + (reality.now() - bornAt),
    wall: reality.wall,
    // As Linux tells it.
    uptime: () => Math.floor((reality.now() - bootedAt) / UPTIME_STEP_MS) * UPTIME_STEP_MS,
    after,
    turn: () => new Promise((resolve) => void after(0, resolve)),
    every: (ms, callback) => kept(() => reality.every(ms, callback)),
    kill() {
      for (const timer of timers) timer.cancel();
    },
  };
}
