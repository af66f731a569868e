// A job as it changes: the server sends what is new, and this keeps what a view needs of it.

import { useEffect, useState } from 'preact/hooks';
import type { FailureLine, FailuresEvent, HistoryEvent, LiveState, RatePoint } from '../serve/api.ts';
import { apiOf } from './ask.ts';

export interface Watched {
  /** Null until the first event. */
  readonly live: LiveState | null;
  readonly rates: readonly RatePoint[];
  /** The newest first. */
  readonly failures: readonly FailureLine[];
  /** The last learnt limits of each host, the oldest first. */
  readonly limits: ReadonlyMap<string, readonly number[]>;
  /** No event comes any more; the browser tries again. */
  readonly isLost: boolean;
}

const RATES_MAX = 600;
const FAILURES_MAX = 100;
const LIMITS_MAX = 120;
const NOTHING: Watched = { live: null, rates: [], failures: [], limits: new Map(), isLost: false };

/** Null watches nothing. */
export function useLive(job: string | null): Watched {
  const [watched, setWatched] = useState(NOTHING);
  useEffect(() => {
    setWatched(NOTHING);
    if (job === null) return;
    const source = new EventSource(apiOf(job, 'events'));
    const on = <T>(name: string, change: (before: Watched, told: T) => Watched): void => {
      source.addEventListener(name, ({ data }) =>
        setWatched((before) => change(before, JSON.parse(data as string) as T)),
      );
    };
    on<HistoryEvent>('history', withHistory);
    on<LiveState>('live', withLive);
    on<FailuresEvent>('failures', withFailures);
    source.addEventListener('end', () => source.close());
    source.onerror = () => setWatched((before) => ({ ...before, isLost: true }));
    return () => source.close();
  }, [job]);
  return watched;
}

function withHistory(before: Watched, { rates, failures }: HistoryEvent): Watched {
  return {
    ...before,
    isLost: false,
    rates,
    failures: [...failures].sort((a, b) => b.at - a.at).slice(0, FAILURES_MAX),
  };
}

function withLive(before: Watched, live: LiveState): Watched {
  const limits = new Map<string, readonly number[]>();
  for (const { host, limit } of live.hosts) {
    const known = before.limits.get(host) ?? [];
    if (limit !== null) limits.set(host, [...known, limit].slice(-LIMITS_MAX));
  }
  return { ...before, live, limits, rates: withRate(before, live), isLost: false };
}

function withRate({ rates, failures }: Watched, live: LiveState): readonly RatePoint[] {
  const { at, pagesPerSecond, bytesPerSecond, hosts } = live;
  const last = rates.at(-1)?.at ?? 0;
  if (at - last < 1_000) return rates;
  const failed = failures.filter((failure) => failure.at > last && failure.at <= at).length;
  const isHeld = hosts.some(({ heldUntil }) => heldUntil !== null && heldUntil > at);
  const rate = { at, pages: pagesPerSecond, bytes: bytesPerSecond, failures: failed, isHeld };
  return [...rates, rate].slice(-RATES_MAX);
}

function withFailures(before: Watched, { failures }: FailuresEvent): Watched {
  return { ...before, failures: [...failures.toReversed(), ...before.failures].slice(0, FAILURES_MAX) };
}
