// Whether the leases of this process still count, as far as it can know by itself. They lapse some time after the last
// sign of life that reached the database; a process that is cut off stops a little earlier, by its own steady clock.

import type { Clock } from '../../base/clock.ts';

export interface Lapse {
  /** Aborted when the leases lapse. There is a new one once they were renewed. */
  signal(): AbortSignal;
  readonly hasLapsed: boolean;
  /**
   * This process has renewed its leases in time for long enough that others could have too. After a pause of the
   * database the first to come back would otherwise take the hosts of all others.
   */
  readonly isSteady: boolean;
  /** The leases were renewed by a statement that was sent at this steady time. */
  renewed(sentAt: number): void;
  /** The database says so, or the time is over. */
  lapsed(): void;
}

/** The part of the time after which no new request is made. */
const SAFE_SHARE = 0.8;

export function createLapse(clock: Pick<Clock, 'now'>, leaseMs: number): Lapse {
  let controller = new AbortController();
  let safeUntil = clock.now() + leaseMs * SAFE_SHARE;
  let steadySince = clock.now();
  const lapsed = (): void => controller.abort();
  const look = (): boolean => {
    if (clock.now() >= safeUntil) lapsed();
    return controller.signal.aborted;
  };
  return {
    signal() {
      look();
      return controller.signal;
    },
    get hasLapsed() {
      return look();
    },
    get isSteady() {
      return clock.now() - steadySince >= leaseMs;
    },
    renewed(sentAt) {
      if (sentAt >= safeUntil) steadySince = sentAt;
      safeUntil = sentAt + leaseMs * SAFE_SHARE;
      if (clock.now() < safeUntil && controller.signal.aborted) controller = new AbortController();
    },
    lapsed,
  };
}
