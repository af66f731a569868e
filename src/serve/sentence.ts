// How a job stands, in one sentence that a person would say. Its pieces lead to the URLs that they speak of.

import type { Counts, StoppedBy, Waiting } from '../base/contracts.ts';
import { isLongWait, showCount, showCountOf, showSpan, showTime } from '../base/figures.ts';
import type { Sentence } from './api/jobs.ts';

export interface Standing {
  readonly roots: readonly string[];
  readonly urls: Counts;
  /** URLs that were answered with a status of 400 or more; null if that is not known at once. */
  readonly broken: number | null;
  readonly isRunning: boolean;
  readonly isPaused: boolean;
  readonly isFinished: boolean;
  readonly stoppedBy: StoppedBy;
  readonly waitingFor: Waiting | null;
  readonly inFlight: number;
  /** Null if nothing tells. */
  readonly leftMs: number | null;
}

/** The filter of the table that gives them. */
export const BROKEN = 'state:done status:>=400';

const STOPPED: Readonly<Record<Exclude<StoppedBy, null>, string>> = {
  interrupt: 'it was stopped',
  limit: 'it reached its limit of URLs',
  time: 'its time was over',
  size: 'it reached its limit of bytes',
  held: 'its hosts kept it waiting too long',
  disk: 'the disk failed or was full',
  database: 'its database was gone',
  archive: 'its archive could not be moved',
};

/** `now` is wall milliseconds. */
export function sentenceOf(standing: Standing, now: number): Sentence {
  const { urls, broken, isRunning, isPaused, isFinished, waitingFor, inFlight, leftMs } = standing;
  const left = urls.queued + urls.leased;
  const bad =
    broken === null || broken === 0 ? [] : [plain(', '), { text: `${showCount(broken)} of them broken`, q: BROKEN }];
  const done = [{ text: showCountOf(urls.done, 'page'), q: 'state:done' }, plain(' done'), ...bad];
  const queued = [plain(', '), { text: `${showCount(left)} queued`, q: 'state:queued,leased' }];
  const failed =
    urls.failed === 0 ? [] : [plain(', '), { text: `${showCount(urls.failed)} failed`, q: 'state:failed' }];
  if (isFinished) return [plain('Finished. '), ...done, ...failed, plain('.')];
  if (isPaused) return [plain('Paused. '), ...done, ...queued, ...failed, plain('.')];
  if (!isRunning) {
    const why = standing.stoppedBy === null ? 'the last run broke off' : STOPPED[standing.stoppedBy];
    return [plain(`Unfinished: ${why}. `), ...done, ...queued, ...failed, plain('.')];
  }
  if (waitingFor !== null && inFlight === 0 && isLongWait(waitingFor.until, now)) {
    const until = waitingFor.until === null ? '' : ` until ${showTime(waitingFor.until, now)}`;
    const why = waitingFor.why === '' ? '' : `, because: ${waitingFor.why}`;
    return [plain(`Waiting for ${waitingFor.host}${until}${why}. `), ...done, ...queued, ...failed, plain('.')];
  }
  const rest = leftMs === null ? '' : `, about ${showSpan(leftMs)} left`;
  return [plain(`Crawling ${nameOf(standing.roots)}: `), ...done, ...queued, ...failed, plain(`${rest}.`)];
}

function plain(text: string): Sentence[number] {
  return { text, q: null };
}

function nameOf(roots: readonly string[]): string {
  const name = URL.parse(roots[0] ?? '')?.host ?? 'nothing';
  return roots.length > 1 ? `${name} and ${showCount(roots.length - 1)} more` : name;
}
