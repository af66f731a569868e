// A job that this process crawls: its live state, and its controls.

import { systemClock } from '../../base/clock.ts';
import { FLIGHTS_SHOWN_MAX } from '../../base/limits-of-serving.ts';
import type { Run } from '../../job/assemble.ts';
import type { Observer } from '../../job/observer.ts';
import type { Steering } from '../../job/steering.ts';
import { countsOf, lanesOf } from '../answers/state.ts';
import type { ControlAnswer, ExclusionsAnswer } from '../api/findings.ts';
import type { Control, LiveState, PaceSettings } from '../api/jobs.ts';
import { ApiError } from '../failures.ts';
import { sentenceOf } from '../sentence.ts';

export interface OwnJob {
  readonly run: Run;
  readonly steering: Steering;
  readonly observer: Observer;
  readonly roots: readonly string[];
  /** The run is over. */
  readonly isOver: () => boolean;
  /** Somebody stopped it from the page. */
  stopping: boolean;
}

const STEERABLE: Control = { isPossible: true, why: null };
const OVER: Control = {
  isPossible: false,
  why: 'The crawl is over. The same command continues it if something is left.',
};

/** `pagesPerSecond` is of the last seconds. */
export function ownLive(job: OwnJob, pagesPerSecond: number, bytesPerSecond: number): LiveState {
  const { run, steering, observer } = job;
  const progress = run.progress();
  const { urls, state, waitingFor, inFlight, shortage, archiveTrouble } = progress;
  const isRunning = !job.isOver();
  const left = urls.queued + urls.leased;
  const leftMs = isRunning && !steering.isPaused && pagesPerSecond > 0 ? (left / pagesPerSecond) * 1000 : null;
  const standing = {
    roots: job.roots,
    urls,
    broken: null,
    isRunning,
    isPaused: isRunning && steering.isPaused,
    leftMs,
    inFlight,
  };
  const isFinished = state === 'finished' && !isRunning;
  const { stoppedBy } = progress;
  return {
    at: systemClock.wall(),
    state: isRunning ? 'running' : state,
    sentence: sentenceOf({ ...standing, isFinished, stoppedBy, waitingFor }, systemClock.wall()),
    urls: countsOf(urls),
    inFlight,
    requests: progress.requests,
    bytes: progress.bytes,
    pagesPerSecond,
    bytesPerSecond,
    elapsedMs: progress.elapsedMs,
    leftMs,
    waitingFor,
    hosts: lanesOf(progress.hosts),
    flights: observer.inFlight(FLIGHTS_SHOWN_MAX).map((flight) => ({ ...flight })),
    isPaused: steering.isPaused,
    isStopping: job.stopping && isRunning,
    pace: paceOf(job),
    control: isRunning ? STEERABLE : OVER,
    notes: [
      ...progress.traps,
      ...(shortage === null ? [] : [`This machine allows ${shortage.most} requests in flight of ${shortage.asked}.`]),
      ...(archiveTrouble === null ? [] : [archiveTrouble]),
    ],
  };
}

function paceOf({ steering }: OwnJob): PaceSettings {
  const { concurrency, hostConcurrency, delayMs, limit } = steering.pacing;
  return { concurrency, hostConcurrency, delayMs, limit, concurrencyMost: steering.concurrencyMost };
}

/** Applies a change from the page. `body` is what a stranger sent. Throws ApiError and UsageError. */
export async function steer(
  job: OwnJob,
  name: string,
  body: Readonly<Record<string, unknown>>,
  part: string,
): Promise<ControlAnswer | PaceSettings | ExclusionsAnswer> {
  const { run, steering } = job;
  if (job.isOver()) throw new ApiError(409, 'over', OVER.why!);
  switch (name) {
    case 'pause':
      steering.pause();
      break;
    case 'resume':
      steering.resume();
      break;
    case 'stop':
      job.stopping = true;
      run.stop('gracefully');
      break;
    case 'pace':
      steering.setPace(paceIn(body));
      return paceOf(job);
    case 'exclude':
      await steering.exclude(patternIn(body), Math.round(systemClock.wall()));
      return exclusionsOf(job);
    case 'include':
      if (!(await steering.include(Number(part))))
        throw new ApiError(404, 'no-exclusion', 'There is no such exclusion.');
      return exclusionsOf(job);
  }
  return { isPaused: steering.isPaused, isStopping: job.stopping };
}

export function exclusionsOf({ steering }: OwnJob): ExclusionsAnswer {
  return { exclusions: steering.exclusions.map((each) => ({ ...each })) };
}

const PACE = ['concurrency', 'hostConcurrency', 'delayMs', 'limit'] as const;

function paceIn(body: Readonly<Record<string, unknown>>): Parameters<Steering['setPace']>[0] {
  const wrong = Object.keys(body).find((name) => !PACE.includes(name as (typeof PACE)[number]));
  if (wrong !== undefined)
    throw new ApiError(400, 'bad-body', `${JSON.stringify(wrong)} cannot be changed; ${PACE.join(', ')} can.`);
  for (const name of PACE) {
    const value = body[name];
    if (value === undefined || typeof value === 'number' || (name === 'limit' && value === null)) continue;
    throw new ApiError(400, 'bad-body', `${name}: ${JSON.stringify(value)} is not a number.`);
  }
  return body;
}

export function patternIn({ pattern }: Readonly<Record<string, unknown>>): string {
  if (typeof pattern === 'string') return pattern;
  throw new ApiError(400, 'bad-body', 'pattern: a text is wanted.');
}
