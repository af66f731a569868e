// Reads what workers tell of themselves and of their runs.

import type { RunFigures, WorkerFigures } from '../../base/contracts.ts';
import { later } from '../../base/lateness.ts';
import { HOST_FIGURES_MAX } from '../../base/limits.ts';
import { runOf } from '../run-row.ts';
import type { Ask } from './line.ts';
import { NOW_SQL } from './membership.ts';
import { isKnownGone, thisWorker } from './worker.ts';

/** A worker of another machine that gave no sign of life for so long will not come back. */
const LOST_FOR_GOOD_MS = 3_600_000;

/** Oldest first. */
export async function workersOf(ask: Ask, schema: string): Promise<WorkerFigures[]> {
  const sql = `SELECT w.name, w.machine, w.pid, w.home, w.started_at, w.seen_at, w.ended_at IS NULL AND w.lost_at IS NULL,
      w.ended_at IS NULL AND w.seen_at > ${NOW_SQL} - ${LOST_FOR_GOOD_MS}, r.ended_at IS NOT NULL, w.hosts, w.pages,
      w.pages_per_second
    FROM ${schema}.workers w LEFT JOIN ${schema}.runs r ON r.epoch = w.id WHERE NOT w.is_alone ORDER BY w.id`;
  return (await ask(sql)).rows.map(workerOf);
}

function workerOf(row: readonly unknown[]): WorkerFigures {
  const [name, machine, pid, home, startedAt, seenAt, isAtWork, mayComeBack, hasEnded, hosts, pages, pagesPerSecond] =
    row as [
      ...who: [string, string, number, string | null],
      ...times: [number, number],
      ...is: [boolean, boolean, boolean],
      ...counts: [number, number, number],
    ];
  // The database may be doing the last commit of a process that has died. It does not once the worker was buried.
  const mayWrite = mayComeBack && (isAtWork || !isKnownGone({ home, pid }, thisWorker(null)));
  return { name, machine, pid, startedAt, seenAt, isAtWork, mayWrite, hasEnded, hosts, pages, pagesPerSecond };
}

/** Workers at the same time are one run. */
export async function runsOf(ask: Ask, schema: string): Promise<RunFigures[]> {
  const sql = `SELECT r.epoch, r.started_at, r.updated_at, r.ended_at, r.stopped_by, r.requests, r.bytes, r.peak_in_flight,
      r.hosts, CASE WHEN w.ended_at IS NULL AND w.lost_at IS NULL THEN r.in_flight ELSE 0 END, r.agent, r.elapsed_ms, 0,
      r.waiting_for, r.loop_late, coalesce(w.session, r.epoch)
    FROM ${schema}.runs r LEFT JOIN ${schema}.workers w ON w.id = r.epoch ORDER BY r.epoch`;
  const bySession = Map.groupBy((await ask(sql)).rows, (row) => row.at(-1) as number);
  return [...bySession.values()].map((rows) => merged(rows.map((row) => runOf(row as Parameters<typeof runOf>[0]))));
}

function merged(runs: readonly RunFigures[]): RunFigures {
  if (runs.length === 1) return runs[0]!;
  const most = (of: (run: RunFigures) => number): number => Math.max(...runs.map(of));
  const sum = (of: (run: RunFigures) => number): number => runs.reduce((total, run) => total + of(run), 0);
  const startedAt = Math.min(...runs.map((run) => run.startedAt));
  const isOpen = runs.some(({ endedAt }) => endedAt === null);
  const open = runs.filter(({ endedAt }) => endedAt === null);
  const last = runs
    .toSorted((a, b) => (a.endedAt ?? Number.POSITIVE_INFINITY) - (b.endedAt ?? Number.POSITIVE_INFINITY))
    .at(-1)!;
  const hosts = new Map(runs.flatMap((run) => run.hosts.map((host) => [host.host, host] as const)));
  return {
    ...last,
    ...{ startedAt, updatedAt: most((run) => run.updatedAt) },
    endedAt: isOpen ? null : last.endedAt,
    elapsedMs: most((run) => run.startedAt + run.elapsedMs) - startedAt,
    ...{ requests: sum((run) => run.requests), bytes: sum((run) => run.bytes) },
    ...{ inFlight: sum((run) => run.inFlight), peakInFlight: most((run) => run.peakInFlight) },
    loopLate: runs.reduce<RunFigures['loopLate']>((worst, run) => later(worst, run.loopLate), null),
    waitingFor: (isOpen ? open : runs).find(({ waitingFor }) => waitingFor !== null)?.waitingFor ?? null,
    hosts: [...hosts.values()].sort((a, b) => b.inFlight - a.inFlight).slice(0, HOST_FIGURES_MAX),
  };
}
