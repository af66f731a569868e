// What earlier runs of a job left for the new one: their totals, the requested URLs, the slow hosts.

import type { Ledger, RunFigures } from '../base/contracts.ts';
import { type Lateness, later } from '../base/lateness.ts';
import { HOST_FIGURES_MAX, SLOW_HOSTS_TOLD_MAX } from '../base/limits.ts';
import type { CrawlOptions } from '../options/options.ts';

export interface RunSums {
  readonly requests: number;
  readonly bytes: number;
  readonly elapsedMs: number;
  readonly peakInFlight: number;
  readonly loopLate: Lateness | null;
}

export interface EarlierRuns {
  readonly totals: RunSums;
  /** How many URLs of each host were requested, by host id; empty if no limit needs it. */
  readonly asked: ReadonlyMap<number, number>;
  /** The busiest hosts of the last run. */
  readonly busiest: readonly string[];
  /** At least one of the roots had a response. */
  readonly hadRootResponse: boolean;
}

export interface SlowHost {
  readonly host: string;
  readonly delayMs: number;
}

export async function earlierRuns(
  { limit, hostLimit, roots }: Pick<CrawlOptions, 'limit' | 'hostLimit' | 'roots'>,
  { job, rows }: Ledger,
  isShared: boolean,
): Promise<EarlierRuns> {
  const runs = await job.runs();
  const totals = totalsOf(runs);
  const busiest = (runs.at(-1)?.hosts ?? []).slice(0, HOST_FIGURES_MAX).map(({ host }) => host);
  // This reads every row, so it is skipped if no limit needs it. Workers that share a job count with its store.
  const asked =
    isShared || (limit === null && hostLimit === null) ? new Map<number, number>() : await rows.askedByHost();
  for (const root of roots) {
    if (((await rows.find(root))?.status ?? 0) > 0) return { totals, asked, busiest, hadRootResponse: true };
  }
  return { totals, asked, busiest, hadRootResponse: false };
}

/** The hosts whose robots.txt asks for a delay that the user is told about. The list grows. */
export function createSlowHosts(): {
  slowHosts: readonly SlowHost[];
  onSlowHost: (host: string, delayMs: number) => void;
} {
  const slowHosts: SlowHost[] = [];
  const known = new Set<string>();
  return {
    slowHosts,
    onSlowHost(host, delayMs) {
      if (known.has(host) || known.size >= SLOW_HOSTS_TOLD_MAX) return;
      known.add(host);
      slowHosts.push({ host, delayMs });
    },
  };
}

function totalsOf(runs: readonly RunFigures[]): RunSums {
  const totals = { requests: 0, bytes: 0, elapsedMs: 0, peakInFlight: 0, loopLate: null as Lateness | null };
  for (const run of runs) {
    totals.requests += run.requests;
    totals.bytes += run.bytes;
    totals.elapsedMs += run.elapsedMs;
    totals.peakInFlight = Math.max(totals.peakInFlight, run.peakInFlight);
    totals.loopLate = later(totals.loopLate, run.loopLate);
  }
  return totals;
}
