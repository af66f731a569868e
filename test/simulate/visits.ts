// The log of a simulated web as visits, one a request.

import type { RawHeaders } from '../../src/base/contracts.ts';
import type { ErrorCode } from '../../src/base/errors.ts';
import { isGuess } from '../helpers/site.ts';
import type { Run } from './job-life.ts';
import type { LoggedFetch } from './web.ts';
import type { HostPlan } from './world.ts';

export interface Visit {
  readonly url: string;
  readonly host: string;
  readonly path: string;
  readonly plan: HostPlan | null;
  /** In which run, from 0. */
  readonly run: number;
  /**
   * Milliseconds of the world; the end is that of its process where that was killed, and `Infinity` where there was
   * none.
   */
  readonly startedAt: number;
  readonly endedAt: number;
  /** Its process was killed, and what was learnt by it is not in the store, or need not be. */
  readonly isLost: boolean;
  readonly status: number;
  readonly error: ErrorCode | null;
  readonly headers: RawHeaders;
}

export function visitsOf(log: readonly LoggedFetch[], runs: readonly Run[]): Visit[] {
  return log.map((entry) => {
    const { url, path, plan, run, startedAt, endedAt, outcome } = entry;
    const { status, error, headers } = outcome ?? { status: 0, error: null, headers: [] };
    const host = new URL(url).origin;
    return {
      url,
      host,
      path,
      plan,
      run,
      startedAt,
      endedAt,
      isLost: isLost(entry, runs[run]!),
      status,
      error,
      headers,
    };
  });
}

/** Also where its redirects lead. */
export function isRobots({ path }: Visit): boolean {
  return path.startsWith('/robots');
}

export function isSitemap({ path }: Visit): boolean {
  return isGuess(path);
}

/** Starts and ends in order of time; at one moment what ends makes room for what starts. */
export function startsOf(visits: readonly Visit[]): { readonly at: number; readonly by: 1 | -1 }[] {
  return visits
    .flatMap(({ startedAt, endedAt }) => [{ at: startedAt, by: 1 } as const, { at: endedAt, by: -1 } as const])
    .sort((a, b) => a.at - b.at || a.by - b.by);
}

/**
 * What is learnt is written with the next group. Of what was had at the very moment at which one was formed nobody can
 * say.
 */
function isLost({ outcome, endedAt }: LoggedFetch, { end, written }: Run): boolean {
  if (end !== 'killed') return false;
  return outcome === null || !written.some(({ formedAt }) => formedAt > endedAt);
}
