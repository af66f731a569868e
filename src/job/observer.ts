// What happens in a run at this moment, for people who watch it: what is in flight, what failed, how long requests
// take. It owns these figures. A run without an observer pays nothing for it.

import { type Times, toWall } from '../base/clock.ts';
import type { Fetch, Outcome, Settlement } from '../base/contracts.ts';
import type { ErrorCode } from '../base/errors.ts';
import { FAILURES_REMEMBERED_MAX } from '../base/limits-of-serving.ts';
import type { Commits } from '../crawl/commits.ts';

/** `request`: on the wire. `page`: it came and is read. `store`: it is on its way to the disk. */
export type FlightStage = 'request' | 'page' | 'store';

export interface InFlight {
  readonly url: string;
  readonly stage: FlightStage;
  readonly ageMs: number;
}

/** A request that failed or whose status is 400 or more. */
export interface SeenFailure {
  /** Rises by one with each failure. */
  readonly number: number;
  /** In wall milliseconds. */
  readonly at: number;
  readonly url: string;
  readonly error: ErrorCode | null;
  readonly status: number | null;
  readonly detail: string | null;
  /** It is not asked again. */
  readonly isFinal: boolean;
}

/** How many values were at most as large as each bound; the last place is for larger ones. */
export interface Histogram {
  readonly boundsMs: readonly number[];
  readonly counts: readonly number[];
  readonly sumMs: number;
}

export interface Observer {
  /** The same fetch, observed. `isAside`: what it fetches has no row, so nothing follows the response. */
  watched(fetch: Fetch, isAside?: 'aside'): Fetch;
  /** The same commits, observed. */
  settling(commits: Commits): Commits;
  /** What is in flight, the oldest first. */
  inFlight(most: number): readonly InFlight[];
  /** The last failures with a larger number, oldest first. */
  failuresAfter(number: number): readonly SeenFailure[];
  /** Failed tries by error code. */
  readonly errors: ReadonlyMap<string, number>;
  readonly firstByte: Histogram;
  readonly whole: Histogram;
}

interface Entry {
  readonly url: string;
  readonly at: number;
  stage: FlightStage;
}

const BOUNDS_MS = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000];

export function createObserver(clock: Times): Observer {
  /** By URL, in the order in which they began. */
  const entries = new Map<string, Entry>();
  const failures: SeenFailure[] = [];
  const errors = new Map<string, number>();
  const firstByte = createHistogram();
  const whole = createHistogram();

  const measure = (outcome: Outcome): void => {
    if (outcome.status === 0) return;
    firstByte.add(outcome.firstByteMs);
    whole.add(outcome.elapsedMs);
  };
  const fail = ({ state, lease, error, response, detail }: Settlement): void => {
    const status = response?.status ?? null;
    if (error !== null) errors.set(error, (errors.get(error) ?? 0) + 1);
    if (state === 'skipped' || (error === null && (status ?? 0) < 400)) return;
    const number = (failures.at(-1)?.number ?? 0) + 1;
    const isFinal = state !== 'queued';
    if (failures.length === FAILURES_REMEMBERED_MAX) failures.shift();
    failures.push({
      number,
      at: toWall(clock, clock.now()),
      url: lease.url,
      error,
      status,
      detail: detail || null,
      isFinal,
    });
  };
  return {
    watched: (fetch, isAside) => (request, signal) => {
      const { url } = request;
      entries.set(url, { url, at: clock.now(), stage: 'request' });
      return fetch(request, signal).then((outcome) => {
        const entry = entries.get(url);
        if (isAside !== undefined) entries.delete(url);
        else if (entry !== undefined) entry.stage = 'page';
        measure(outcome);
        return outcome;
      });
    },
    settling(commits) {
      return {
        ...commits,
        get waiting() {
          return commits.waiting;
        },
        settle(settlement) {
          const { url } = settlement.lease;
          const entry = entries.get(url);
          if (entry !== undefined) entry.stage = 'store';
          fail(settlement);
          const durable = commits.settle(settlement);
          if (entry !== undefined)
            durable.then(
              () => entries.delete(url),
              () => {},
            );
          return durable;
        },
      };
    },
    inFlight(most) {
      const now = clock.now();
      return entries
        .values()
        .take(most)
        .map(({ url, stage, at }) => ({ url, stage, ageMs: Math.round(now - at) }))
        .toArray();
    },
    failuresAfter: (after) => failures.filter(({ number }) => number > after),
    errors,
    firstByte: firstByte.figures,
    whole: whole.figures,
  };
}

function createHistogram(): { add(ms: number): void; readonly figures: Histogram } {
  const counts = BOUNDS_MS.map(() => 0).concat(0);
  const figures = { boundsMs: BOUNDS_MS, counts, sumMs: 0 };
  return {
    figures,
    add(ms) {
      let at = 0;
      while (at < BOUNDS_MS.length && ms > BOUNDS_MS[at]!) at += 1;
      counts[at]! += 1;
      figures.sumMs += ms;
    },
  };
}
