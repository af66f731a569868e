// Sends what is live in a job to those who watch it, as server-sent events. It looks at the job while somebody watches;
// a job of this process is also looked at once a second, so that the history is there when somebody comes.

import type { ServerResponse } from 'node:http';
import { systemClock, type Timer } from '../../base/clock.ts';
import { EVENT_READERS_MAX, LIVE_EVENTS_MS, RATES_REMEMBERED_MAX } from '../../base/limits-of-serving.ts';
import type { FailureLine, LiveState, RatePoint } from '../api/jobs.ts';
import { ApiError } from '../failures.ts';

export interface FeedSource {
  /** The state, with the rates of the last seconds. */
  live(pagesPerSecond: number, bytesPerSecond: number): Promise<LiveState>;
  /** What failed since the last call with this place, and the place for the next call. */
  failuresAfter(place: number): Promise<{ readonly failures: readonly FailureLine[]; readonly place: number }>;
  /** It costs nothing to look. */
  readonly isOwn: boolean;
}

export interface Feed {
  /** Takes over the response. Throws ApiError if there are too many readers. */
  add(response: ServerResponse): Promise<void>;
  close(): void;
}

/** Rates are of so many seconds. */
const RATE_SECONDS = 5;
const FAILURES_KEPT = 100;

function eventText(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

export function createFeed(source: FeedSource): Feed {
  const readers = new Set<ServerResponse>();
  const rates: RatePoint[] = [];
  const failures: FailureLine[] = [];
  let place = 0;
  let known: { readonly at: number; readonly state: LiveState } | null = null;
  let ticking: Timer | null = null;
  let isLooking = false;
  let isClosed = false;
  let sinceFailures = 0;
  let lookedAt = Number.NEGATIVE_INFINITY;
  /** What was sent last. A reader that comes soon after it gets the same. */
  let latest = '';

  const send = (name: string, data: object): string => {
    if (readers.size === 0) return '';
    const text = eventText(name, data);
    // A reader that does not read misses events and costs no memory.
    for (const reader of readers) if (reader.writableLength < 1_000_000) reader.write(text);
    return text;
  };
  /** Nothing may be written to a reader after its end. */
  const endAll = (): void => {
    send('end', {});
    for (const reader of readers) reader.end();
    readers.clear();
  };
  const rateOf = (what: 'pages' | 'bytes'): number => {
    const last = rates.slice(-RATE_SECONDS);
    return last.length === 0 ? 0 : last.reduce((sum, rate) => sum + rate[what], 0) / last.length;
  };
  const pagesOf = ({ urls }: LiveState): number => urls.done + urls.failed;
  const measure = (state: LiveState): void => {
    const now = systemClock.now();
    if (known === null) known = { at: now, state };
    const seconds = (now - known.at) / 1000;
    if (seconds < 1) return;
    const per = (amount: number): number => Math.max(0, Math.round((amount / seconds) * 10) / 10);
    const pages = per(pagesOf(state) - pagesOf(known.state));
    const bytes = per(state.bytes - known.state.bytes);
    const isHeld = state.hosts.some(({ heldUntil }) => heldUntil !== null && heldUntil > state.at);
    rates.push({ at: state.at, pages, bytes, failures: per(sinceFailures), isHeld });
    if (rates.length > RATES_REMEMBERED_MAX) rates.shift();
    sinceFailures = 0;
    known = { at: now, state };
  };
  const look = async (): Promise<void> => {
    if (isLooking || isClosed) return;
    isLooking = true;
    lookedAt = systemClock.now();
    try {
      const state = await source.live(rateOf('pages'), rateOf('bytes'));
      const found = await source.failuresAfter(place);
      place = found.place;
      sinceFailures += found.failures.length;
      failures.push(...found.failures);
      failures.splice(0, failures.length - FAILURES_KEPT);
      measure(state);
      latest = send('live', state);
      // A crawl may have thousands of failures a second: one event has the last of them.
      if (found.failures.length > 0) send('failures', { failures: found.failures.slice(-FAILURES_KEPT) });
    } catch {
      endAll();
      pace();
    }
    isLooking = false;
  };
  const pace = (): void => {
    ticking?.cancel();
    ticking = null;
    if (isClosed || (readers.size === 0 && !source.isOwn)) return;
    ticking = systemClock.every(source.isOwn && readers.size > 0 ? LIVE_EVENTS_MS : 1_000, look);
  };
  pace();
  return {
    async add(response) {
      if (readers.size >= EVENT_READERS_MAX) throw new ApiError(409, 'too-many', 'Too many pages watch this job.');
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      });
      response.write(eventText('history', { rates, failures }));
      readers.add(response);
      response.on('close', () => {
        if (readers.delete(response) && readers.size === 0) pace();
      });
      if (readers.size === 1) pace();
      // Whoever comes must not make the events of the others more frequent.
      if (systemClock.now() - lookedAt >= LIVE_EVENTS_MS || latest === '') await look();
      else response.write(latest);
    },
    close() {
      isClosed = true;
      ticking?.cancel();
      endAll();
    },
  };
}
