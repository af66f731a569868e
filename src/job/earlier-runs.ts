// What earlier runs of a job left for the one that begins: their sums, what was asked, which hosts are slow.

import type { HostRow, Ledger, RobotsRecord, RunFigures } from '../base/contracts.ts';
import { CRAWL_DELAY_UNTOLD_MS_MAX } from '../base/limits.ts';
import type { CrawlOptions } from '../options/options.ts';
import { mayNameDelay, parseRobots, rulesFor } from '../robots/rules.ts';

export interface RunSums {
  readonly requests: number;
  readonly bytes: number;
  readonly elapsedMs: number;
  readonly peakInFlight: number;
}

export interface EarlierRuns {
  readonly totals: RunSums;
  /** By the id of a host, how many of its URLs were asked; empty where no limit asks for that. */
  readonly asked: ReadonlyMap<number, number>;
  /** One of the roots had some response. */
  readonly hadRootResponse: boolean;
}

export interface SlowHost {
  readonly host: string;
  readonly delayMs: number;
}

export async function earlierRuns(
  { limit, hostLimit, roots }: Pick<CrawlOptions, 'limit' | 'hostLimit' | 'roots'>,
  { job, rows }: Ledger,
): Promise<EarlierRuns> {
  const totals = totalsOf(await job.runs());
  // Every row is read for it.
  const asked = limit === null && hostLimit === null ? new Map<number, number>() : await rows.askedByHost();
  for (const root of roots) {
    if (((await rows.find(root))?.status ?? 0) > 0) return { totals, asked, hadRootResponse: true };
  }
  return { totals, asked, hadRootResponse: false };
}

/**
 * Gives the hosts of earlier runs to `remember`, and gathers those whose robots.txt asks for long delays; `onRobots` adds each that is
 * told later. `agent` is the product token, null where robots.txt is not obeyed.
 */
export async function recallHosts(
  { job }: Ledger,
  agent: string | null,
  remember: (hosts: readonly HostRow[]) => void,
): Promise<{ slowHosts: readonly SlowHost[]; onRobots: (host: string, robots: RobotsRecord) => void }> {
  const slowHosts: SlowHost[] = [];
  const onRobots = (host: string, { body }: RobotsRecord): void => {
    if (agent === null || body === null || !mayNameDelay(body)) return;
    const delayMs = rulesFor(parseRobots(body), agent).crawlDelayMs ?? 0;
    const isKnown = slowHosts.some((each) => each.host === host);
    if (delayMs > CRAWL_DELAY_UNTOLD_MS_MAX && !isKnown) slowHosts.push({ host, delayMs });
  };
  for await (const hosts of job.hosts()) {
    remember(hosts);
    for (const { host, robots } of hosts) if (robots !== null) onRobots(host, robots);
  }
  return { slowHosts, onRobots };
}

function totalsOf(runs: readonly RunFigures[]): RunSums {
  const totals = { requests: 0, bytes: 0, elapsedMs: 0, peakInFlight: 0 };
  for (const run of runs) {
    totals.requests += run.requests;
    totals.bytes += run.bytes;
    totals.elapsedMs += run.elapsedMs;
    totals.peakInFlight = Math.max(totals.peakInFlight, run.peakInFlight);
  }
  return totals;
}
