// The log of a simulated web as visits: a redirect of robots.txt that is followed at once belongs to the visit that it came from.

import type { RawHeaders } from '../../src/base/contracts.ts';
import type { ErrorCode } from '../../src/base/errors.ts';
import { headerOf } from '../../src/base/headers.ts';
import { isGuess } from '../helpers/site.ts';
import type { LoggedFetch } from './web.ts';
import type { HostPlan } from './world.ts';

export interface Visit {
  readonly url: string;
  readonly host: string;
  readonly path: string;
  readonly plan: HostPlan | null;
  /** Wall milliseconds: of its first request, and of its last answer; `Infinity` where there was none. */
  readonly startedAt: number;
  endedAt: number;
  /** Of its last answer. */
  status: number;
  error: ErrorCode | null;
  headers: RawHeaders;
}

export function visitsOf(log: readonly LoggedFetch[]): Visit[] {
  const visits: Visit[] = [];
  const open = new Map<string, Visit>();
  for (const entry of log) {
    const { url, outcome, startedAt } = entry;
    const known = open.get(url);
    const isHop = known !== undefined && known.endedAt === startedAt;
    const visit = isHop ? known : newVisit(entry);
    if (isHop) open.delete(url);
    else visits.push(visit);
    visit.endedAt = outcome === null ? Number.POSITIVE_INFINITY : entry.endedAt;
    visit.status = outcome?.status ?? 0;
    visit.error = outcome?.error ?? null;
    visit.headers = outcome?.headers ?? [];
    const target = hopOf(visit, url);
    if (target !== null) open.set(target, visit);
  }
  return visits;
}

export function isRobots({ path }: Visit): boolean {
  return path === '/robots.txt';
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

function newVisit({ url, path, plan, startedAt }: LoggedFetch): Visit {
  const host = new URL(url).origin;
  return { url, host, path, plan, startedAt, endedAt: 0, status: 0, error: null, headers: [] };
}

/** Where the visit goes on at once. */
function hopOf(visit: Visit, url: string): string | null {
  const location = visit.status === 301 ? headerOf(visit.headers, 'location') : undefined;
  if (location === undefined) return null;
  return isRobots(visit) ? new URL(location, url).href : null;
}
