// What a job's ledger says about the whole job, while it runs in another process and after.

import type { HostFigures, HostRow, Ledger, RunFigures, Summary, Waiting } from '../../base/contracts.ts';

const HOSTS_MAX = 100;

export interface JobStatus {
  readonly summary: Summary;
  /** Some process is at work on the job. */
  readonly isRunning: boolean;
  /** The last run did not come to write its end: it was killed, or its machine failed. */
  readonly wasKilled: boolean;
  /** Requests on the wire, a second ago at most. */
  readonly inFlight: number;
  readonly runs: readonly RunFigures[];
  /** Hosts that must wait, or were waited for when the last run ended; the first to be free first. */
  readonly held: readonly HostRow[];
}

/** `now` is wall milliseconds. */
export async function jobStatus(folder: string, ledger: Ledger, now: number): Promise<JobStatus> {
  const { queued: pending, leased: ours, done, failed, skipped, unreadSitemaps } = await ledger.job.counts();
  const runs = await ledger.job.runs();
  const last = runs.at(-1);
  const isFinished = pending + ours + unreadSitemaps === 0;
  const isOpen = last !== undefined && last.endedAt === null;
  const isRunning = isOpen && (await ledger.isWorkedOn());
  const held = await heldHosts(ledger);
  // Leases are in the memory of the process that crawls; it says once a second how many requests it has on the wire.
  const inFlight = isRunning ? last.inFlight : 0;
  const leased = Math.max(ours, Math.min(inFlight, pending));
  const queued = pending + ours - leased;
  const summary: Summary = {
    job: folder,
    state: isFinished ? 'finished' : 'unfinished',
    stoppedBy: isFinished || isRunning ? null : (last?.stoppedBy ?? null),
    urls: { queued, leased, done, failed, skipped },
    requests: total(runs, (run) => run.requests),
    bytes: total(runs, (run) => run.bytes),
    elapsedMs: total(runs, (run) => run.elapsedMs),
    peakInFlight: runs.reduce((most, run) => Math.max(most, run.peakInFlight), 0),
    waitingFor: isFinished ? null : stillWaitingFor(last?.waitingFor ?? null, now),
    hosts: isRunning ? last.hosts : restingHosts(last?.hosts ?? [], held),
  };
  return { summary, isRunning, wasKilled: isOpen && !isRunning && !isFinished, inFlight, runs, held };
}

/** What the last run was waiting for may be over by now. */
function stillWaitingFor(waiting: Waiting | null, now: number): Waiting | null {
  return waiting === null || waiting.until === null || waiting.until > now ? waiting : null;
}

async function heldHosts({ job }: Ledger): Promise<HostRow[]> {
  const held: HostRow[] = [];
  for await (const hosts of job.hosts()) held.push(...hosts.filter(({ heldUntil }) => heldUntil !== null));
  return held.sort((a, b) => a.heldUntil! - b.heldUntil!).slice(0, HOSTS_MAX);
}

// Between runs nothing is in flight; what the last run learned of its hosts stays, and the store knows which of them
// are held.
function restingHosts(last: readonly HostFigures[], held: readonly HostRow[]): HostFigures[] {
  const known = new Map(
    last.map((host) => [host.host, { ...host, inFlight: 0, heldUntil: null, why: null } as HostFigures]),
  );
  for (const { host, heldUntil, why } of held) {
    const figures = known.get(host) ?? { host, inFlight: 0, limit: 0, latencyMs: 0 };
    known.delete(host);
    known.set(host, { ...figures, heldUntil, why });
  }
  const isHeld = (host: HostFigures): number => (host.heldUntil === null ? 1 : 0);
  return [...known.values()].sort((a, b) => isHeld(a) - isHeld(b)).slice(0, HOSTS_MAX);
}

function total(runs: readonly RunFigures[], of: (run: RunFigures) => number): number {
  return runs.reduce((sum, run) => sum + of(run), 0);
}
