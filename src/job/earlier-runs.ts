// What earlier runs of a job left for the new one: their totals, the requested URLs, the slow hosts.

import type { HostRow, Ledger, RobotsRecord, RunFigures } from '../base/contracts.ts';
import { CRAWL_DELAY_UNTOLD_MS_MAX } from '../base/limits.ts';
import { inTurns } from '../base/slices.ts';
import type { CrawlOptions } from '../options/options.ts';
import { mayNameDelay, parsingRobots, rulesFor } from '../robots/rules.ts';

export interface RunSums {
  readonly requests: number;
  readonly bytes: number;
  readonly elapsedMs: number;
  readonly peakInFlight: number;
}

export interface EarlierRuns {
  readonly totals: RunSums;
  /** How many URLs of each host were requested, by host id; empty if no limit needs it. */
  readonly asked: ReadonlyMap<number, number>;
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
): Promise<EarlierRuns> {
  const totals = totalsOf(await job.runs());
  // This reads every row, so it is skipped if no limit needs it.
  const asked = limit === null && hostLimit === null ? new Map<number, number>() : await rows.askedByHost();
  for (const root of roots) {
    if (((await rows.find(root))?.status ?? 0) > 0) return { totals, asked, hadRootResponse: true };
  }
  return { totals, asked, hadRootResponse: false };
}

/**
 * Passes the hosts of earlier runs to `remember` and collects those whose robots.txt asks for a long delay; `onRobots`
 * adds hosts that are learned later. `agent` is the product token; null if robots.txt is not obeyed.
 */
export async function recallHosts(
  { job }: Ledger,
  agent: string | null,
  remember: (hosts: readonly HostRow[]) => Promise<void>,
  turn: () => Promise<void>,
): Promise<{ slowHosts: readonly SlowHost[]; onRobots: (host: string, robots: RobotsRecord) => void }> {
  const slowHosts: SlowHost[] = [];
  const read = async (host: string, { body }: RobotsRecord): Promise<void> => {
    if (agent === null || body === null || !mayNameDelay(body)) return;
    const delayMs = rulesFor(await inTurns(parsingRobots(body), turn), agent).crawlDelayMs ?? 0;
    const isKnown = slowHosts.some((each) => each.host === host);
    if (delayMs > CRAWL_DELAY_UNTOLD_MS_MAX && !isKnown) slowHosts.push({ host, delayMs });
  };
  for await (const hosts of job.hosts()) {
    await remember(hosts);
    for (const { host, robots } of hosts) if (robots !== null) await read(host, robots);
  }
  return { slowHosts, onRobots: (host, robots) => void read(host, robots) };
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
