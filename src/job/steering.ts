// Changes a run while it runs: pause, pace, limits, excluded patterns. Whoever starts the run makes the steering and
// hands it over; a run without one pays nothing for it. It owns what was changed.

import { UsageError } from '../base/errors.ts';
import type { Exclusions, LiveExclusion } from './exclusions.ts';

/** What may be changed while a run goes on. */
export interface Pacing {
  /** The most requests in flight. */
  readonly concurrency: number;
  readonly hostConcurrency: number;
  readonly delayMs: number;
  /** The most URLs that are asked for in the job's life; null is no limit. */
  readonly limit: number | null;
}

/** The parts of a run that obey. */
export interface Steered {
  wake(): void;
  /** For every host, from now on. */
  setPace(pace: Pick<Pacing, 'hostConcurrency' | 'delayMs'>): void;
  /** `more` may be negative. Null if the limit is shared with other processes. */
  readonly addToLimit: ((more: number) => void) | null;
  readonly exclusions: Exclusions;
}

export interface Steering {
  readonly isPaused: boolean;
  readonly pacing: Pacing;
  /** What the run was started with, and cannot exceed. */
  readonly concurrencyMost: number;
  readonly exclusions: readonly LiveExclusion[];
  pause(): void;
  resume(): void;
  /** Throws UsageError. */
  setPace(change: { readonly [K in keyof Pacing]?: Pacing[K] | undefined }): void;
  /** Excludes URLs that match; `at` is in wall milliseconds. Rejects with UsageError. */
  exclude(pattern: string, at: number): Promise<void>;
  /** Takes an exclusion back: what it took is queued again. False if there is no such exclusion. */
  include(id: number): Promise<boolean>;
  /** Called by the run once its parts are there. */
  steer(parts: Steered): void;
}

/** Before the run has its parts. */
const NO_EXCLUSIONS: Exclusions = {
  all: [],
  exclude: async () => {},
  include: async () => false,
  excluding: (traps) => traps,
};
const NOT_YET: Steered = { wake: () => {}, setPace: () => {}, addToLimit: null, exclusions: NO_EXCLUSIONS };

export function createSteering(started: Pacing): Steering {
  let pacing = started;
  let isPaused = false;
  let parts = NOT_YET;

  const changeLimit = (limit: number | null): void => {
    if (limit === pacing.limit) return;
    if (parts.addToLimit === null) {
      throw new UsageError('limit: several processes share it; it cannot change while they run.');
    }
    const amount = (value: number | null): number => value ?? Number.MAX_SAFE_INTEGER;
    parts.addToLimit(amount(limit) - amount(pacing.limit));
  };
  return {
    get isPaused() {
      return isPaused;
    },
    get pacing() {
      return pacing;
    },
    concurrencyMost: started.concurrency,
    get exclusions() {
      return parts.exclusions.all;
    },
    pause() {
      isPaused = true;
    },
    resume() {
      isPaused = false;
      parts.wake();
    },
    setPace({ concurrency, hostConcurrency, delayMs, limit }) {
      const wanted: Pacing = {
        concurrency: inRange('concurrency', concurrency ?? pacing.concurrency, 1, started.concurrency),
        hostConcurrency: inRange('hostConcurrency', hostConcurrency ?? pacing.hostConcurrency, 1, 100_000),
        delayMs: inRange('delayMs', delayMs ?? pacing.delayMs, 0, 3_600_000),
        limit: limit === undefined ? pacing.limit : limit === null ? null : inRange('limit', limit, 1, 1e12),
      };
      changeLimit(wanted.limit);
      pacing = wanted;
      parts.setPace(wanted);
      parts.wake();
    },
    async exclude(pattern, at) {
      await parts.exclusions.exclude(pattern, at);
      parts.wake();
    },
    async include(id) {
      const isThere = await parts.exclusions.include(id);
      parts.wake();
      return isThere;
    },
    steer(run) {
      parts = run;
    },
  };
}

function inRange(name: string, value: number, least: number, most: number): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw new UsageError(`${name}: ${JSON.stringify(value)} is not a whole number from ${least} to ${most}.`);
}
