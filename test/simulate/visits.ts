// The log of a simulated web as visits, one a request.

import type { RawHeaders } from '../../src/base/contracts.ts';
import type { ErrorCode } from '../../src/base/errors.ts';
import { isGuess } from '../helpers/site.ts';
import type { LoggedFetch } from './web.ts';
import type { HostPlan } from './world.ts';

export interface Visit {
  readonly url: string;
  readonly host: string;
  readonly path: string;
  readonly plan: HostPlan | null;
  /** Wall milliseconds; the end is `Infinity` where there was no answer. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly status: number;
  readonly error: ErrorCode | null;
  readonly headers: RawHeaders;
}

export function visitsOf(log: readonly LoggedFetch[]): Visit[] {
  return log.map(({ url, path, plan, startedAt, endedAt, outcome }) => {
    const host = new URL(url).origin;
    const answer = { status: outcome?.status ?? 0, error: outcome?.error ?? null, headers: outcome?.headers ?? [] };
    return {
      url,
      host,
      path,
      plan,
      startedAt,
      endedAt: outcome === null ? Number.POSITIVE_INFINITY : endedAt,
      ...answer,
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
