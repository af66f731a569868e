// Changes a run while it runs: pause, pace, limits, excluded patterns. Whoever starts the run makes the steering and
// hands it over; a run without one pays nothing for it. It owns what was changed.

import type { Lease } from '../base/contracts.ts';
import { UsageError } from '../base/errors.ts';
import { EXCLUSIONS_MAX } from '../base/limits-of-serving.ts';
import type { TrapVerdict, TrapWatch } from '../crawl/trap-watch.ts';
import { type Pattern, patternFault, patternOf } from '../url/pattern.ts';

/** What may be changed while a run goes on. */
export interface Pacing {
  /** The most requests in flight. */
  readonly concurrency: number;
  readonly hostConcurrency: number;
  readonly delayMs: number;
  /** The most URLs that are asked for in the job's life; null is no limit. */
  readonly limit: number | null;
}

/** A pattern that was excluded while the run went on. */
export interface LiveExclusion {
  readonly id: number;
  readonly pattern: string;
  /** In wall milliseconds. */
  readonly since: number;
  /** How many queued URLs it took so far. */
  readonly setAside: number;
}

/** The parts of a run that obey. */
export interface Steered {
  wake(): void;
  /** For every host, from now on. */
  setPace(pace: Pick<Pacing, 'hostConcurrency' | 'delayMs'>): void;
  /** `more` may be negative. Null if the limit is shared with other processes. */
  readonly addToLimit: ((more: number) => void) | null;
  /** Queues URLs again that were set aside, if the store can do that during a run. */
  regain(ids: readonly number[]): Promise<void>;
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
  /** Excludes URLs that match; `at` is in wall milliseconds. Throws UsageError. */
  exclude(pattern: string, at: number): LiveExclusion;
  /** Takes an exclusion back: what it took is queued again. False if there is no such exclusion. Throws UsageError. */
  include(id: number): Promise<boolean>;
  /** The same watch; it sets aside what is excluded. */
  excluding(traps: TrapWatch): TrapWatch;
  /** Called by the run once its parts are there. */
  steer(parts: Steered): void;
}

interface Excluded {
  readonly id: number;
  readonly pattern: string;
  readonly since: number;
  readonly compiled: Pattern;
  /** The ids of the rows that it took. */
  readonly taken: number[];
}

const NOT_YET: Steered = { wake: () => {}, setPace: () => {}, addToLimit: null, regain: async () => {} };

export function createSteering(started: Pacing): Steering {
  const exclusions: Excluded[] = [];
  let pacing = started;
  let isPaused = false;
  let parts = NOT_YET;
  let lastId = 0;

  const excluded = (lease: Lease): TrapVerdict | null => {
    // Roots are requested anyway, as with --exclude.
    if (exclusions.length === 0 || lease.depth === 0) return null;
    const by = exclusions.find(({ compiled }) => compiled.test(lease.url));
    if (by === undefined) return null;
    by.taken.push(lease.id);
    return { reason: 'excluded', error: null, detail: `excluded while the crawl ran: ${by.pattern}` };
  };
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
      return exclusions.map(({ id, pattern, since, taken }) => ({ id, pattern, since, setAside: taken.length }));
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
    exclude(pattern, at) {
      const fault = pattern === '' ? 'it is empty' : patternFault(pattern);
      if (fault !== null) throw new UsageError(`${JSON.stringify(pattern)} is not a valid expression: ${fault}.`);
      if (exclusions.length >= EXCLUSIONS_MAX) throw new UsageError(`There are ${EXCLUSIONS_MAX} exclusions already.`);
      lastId += 1;
      exclusions.push({ id: lastId, pattern, since: at, compiled: patternOf(pattern), taken: [] });
      parts.wake();
      return { id: lastId, pattern, since: at, setAside: 0 };
    },
    async include(id) {
      const at = exclusions.findIndex((each) => each.id === id);
      if (at < 0) return false;
      const [{ taken }] = exclusions.splice(at, 1) as [Excluded];
      if (taken.length > 0) await parts.regain(taken);
      parts.wake();
      return true;
    },
    excluding: (traps) => ({ ...traps, verdict: (lease) => excluded(lease) ?? traps.verdict(lease) }),
    steer(run) {
      parts = run;
    },
  };
}

function inRange(name: string, value: number, least: number, most: number): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw new UsageError(`${name}: ${JSON.stringify(value)} is not a whole number from ${least} to ${most}.`);
}
