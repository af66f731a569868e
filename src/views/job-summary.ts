// What a job's ledger says about the whole job, while it runs in another process and after.

import type { HostFigures, HostRow, Ledger, RunFigures, Summary } from '../base/contracts.ts';

const HOSTS_MAX = 100;
/** A run writes its figures once a second; after this silence it is over or dead. */
const SILENCE_MS = 5_000;

export interface JobStatus {
  readonly summary: Summary;
  /** Some process was at work on the job a moment ago. */
  readonly isRunning: boolean;
  /** Leases and errands, a second ago at most. */
  readonly inFlight: number;
  readonly runs: readonly RunFigures[];
  /** Hosts that must wait, the first to be free first. */
  readonly held: readonly HostRow[];
}

/** `now` is wall milliseconds. */
export function jobStatus(folder: string, ledger: Ledger, now: number): JobStatus {
  const { queued: pending, leased: ours, done, failed, skipped } = ledger.counts();
  const runs = ledger.runs();
  const last = runs.at(-1);
  const isFinished = pending + ours + ledger.unreadSitemaps() === 0;
  const isRunning = last !== undefined && last.endedAt === null && Math.abs(now - last.updatedAt) < SILENCE_MS;
  const held = heldHosts(ledger, now);
  // Leases are in the memory of the process that crawls; it says how many once a second.
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
    hosts: isRunning ? last.hosts : restingHosts(last?.hosts ?? [], held),
  };
  return { summary, isRunning, inFlight, runs, held };
}

function heldHosts(ledger: Ledger, now: number): HostRow[] {
  const held: HostRow[] = [];
  for (const host of ledger.hosts()) if (host.heldUntil !== null && host.heldUntil > now) held.push(host);
  return held.sort((a, b) => a.heldUntil! - b.heldUntil!).slice(0, HOSTS_MAX);
}

// Between runs nothing is in flight; what the last run learned of its hosts stays, and holds are those that still hold.
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
