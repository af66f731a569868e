// What the ledger says about the job as a whole, during a run in another process and afterwards.

import type {
  HostFigures,
  HostRow,
  Ledger,
  RunFigures,
  Summary,
  Waiting,
  WorkerFigures,
  WorkerSummary,
} from '../../base/contracts.ts';
import { type Lateness, later } from '../../base/lateness.ts';

const HOSTS_MAX = 100;

export interface JobStatus {
  readonly summary: Summary;
  /** A process is working on the job. */
  readonly isRunning: boolean;
  /** The last run could not write its end: it was killed, or its machine failed. */
  readonly wasKilled: boolean;
  /** How many requests are in flight, at most a second ago. */
  readonly inFlight: number;
  readonly runs: readonly RunFigures[];
  /** Hosts that must wait, or that the last run waited for when it ended; the host that is free first comes first. */
  readonly held: readonly HostRow[];
}

/** `now` is in wall milliseconds. */
export async function jobStatus(folder: string, ledger: Ledger, now: number): Promise<JobStatus> {
  const { queued: pending, leased: ours, done, failed, skipped, unreadSitemaps } = await ledger.job.counts();
  const written = await ledger.job.runs();
  const last = written.at(-1);
  const isFinished = pending + ours + unreadSitemaps === 0;
  const isOpen = last !== undefined && last.endedAt === null;
  const isRunning = isOpen && (await ledger.isWorkedOn());
  const runs = isRunning ? [...written.slice(0, -1), upToDate(last, now)] : written;
  const held = await heldHosts(ledger);
  const workers = (await ledger.job.workers()).filter(({ isAtWork }) => isAtWork).map(workerSummary);
  // Leases are in the memory of the crawling process. It writes its number of requests in flight once a second.
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
    loopLate: runs.reduce<Lateness | null>((worst, run) => later(worst, run.loopLate), null),
    waitingFor: isFinished ? null : stillWaitingFor(last?.waitingFor ?? null, now),
    hosts: isRunning ? last.hosts : restingHosts(last?.hosts ?? [], held),
    ...(workers.length > 0 && { workers }),
  };
  return { summary, isRunning, wasKilled: isOpen && !isRunning && !isFinished, inFlight, runs, held };
}

function workerSummary({ name, machine, hosts, pagesPerSecond, seenAt }: WorkerFigures): WorkerSummary {
  return { name, machine, hosts, pagesPerSecond: Math.round(pagesPerSecond * 10) / 10, seenAt };
}

/** A run that only waits writes its figures seldom, and goes on all the same. */
function upToDate(run: RunFigures, now: number): RunFigures {
  return { ...run, elapsedMs: run.elapsedMs + Math.max(0, now - run.updatedAt) };
}

/** A wait of the last run may be over by now. */
function stillWaitingFor(waiting: Waiting | null, now: number): Waiting | null {
  return waiting === null || waiting.until === null || waiting.until > now ? waiting : null;
}

async function heldHosts({ job }: Ledger): Promise<HostRow[]> {
  const held: HostRow[] = [];
  for await (const hosts of job.hosts()) held.push(...hosts.filter(({ heldUntil }) => heldUntil !== null));
  return held.sort((a, b) => a.heldUntil! - b.heldUntil!).slice(0, HOSTS_MAX);
}

// The hosts between runs: no request is in flight, the figures of the last run stay, and the store knows which hosts
// are held.
function restingHosts(last: readonly HostFigures[], held: readonly HostRow[]): HostFigures[] {
  const known = new Map(
    last.map((host) => [host.host, { ...host, inFlight: 0, heldUntil: null, why: null } as HostFigures]),
  );
  for (const { host, heldUntil, why } of held) {
    const figures = known.get(host) ?? { host, inFlight: 0, limit: null, latencyMs: null };
    known.delete(host);
    known.set(host, { ...figures, heldUntil, why });
  }
  const isHeld = (host: HostFigures): number => (host.heldUntil === null ? 1 : 0);
  return [...known.values()].sort((a, b) => isHeld(a) - isHeld(b)).slice(0, HOSTS_MAX);
}

function total(runs: readonly RunFigures[], of: (run: RunFigures) => number): number {
  return runs.reduce((sum, run) => sum + of(run), 0);
}
