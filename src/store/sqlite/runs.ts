// The figures of each run: one row a run, replaced during the run.

import type { DatabaseSync } from 'node:sqlite';
import type { HostFigures, RunFigures, StoppedBy, Waiting } from '../../base/contracts.ts';
import { type Cells, query } from './database.ts';
import { assertTimes } from './sound.ts';

/** Writes the figures of this process's run, always to the same row. */
export type WriteRun = (run: RunFigures) => void;

export function createRunWriter(db: DatabaseSync, uptime: () => number): WriteRun {
  const id = Number(query(db, 'SELECT ifnull(max(id), 0) + 1 FROM runs').get()![0]);
  const replace = db.prepare('INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  return (run) => {
    const {
      startedAt,
      updatedAt,
      endedAt,
      stoppedBy,
      requests,
      bytes,
      inFlight,
      peakInFlight,
      agent,
      hosts,
      elapsedMs,
      waitingFor,
    } = run;
    replace.run(
      id,
      Math.round(startedAt),
      Math.round(updatedAt),
      endedAt === null ? null : Math.round(endedAt),
      stoppedBy,
      requests,
      bytes,
      peakInFlight,
      JSON.stringify(hosts),
      inFlight,
      agent,
      Math.round(elapsedMs),
      Math.round(uptime()),
      waitingFor === null ? null : JSON.stringify(waitingFor),
    );
  };
}

function namesHost(named: HostFigures | Waiting | null): boolean {
  if (typeof named !== 'object' || named === null || typeof named.host !== 'string') return false;
  return ['string', 'object'].includes(typeof named.why);
}

type More = [elapsedMs: number, uptimeMs: number, waitingFor: string | null];

export function runOf(cells: Cells): RunFigures {
  const [, startedAt, updatedAt, endedAt, stoppedBy, requests, bytes, peakInFlight, hosts, inFlight, agent, ...more] =
    cells as [
      number,
      number,
      number,
      number | null,
      StoppedBy,
      number,
      number,
      number,
      string,
      number,
      string,
      ...More,
    ];
  const [elapsedMs, , waiting] = more;
  assertTimes('a run', startedAt, updatedAt, endedAt);
  const figures = JSON.parse(hosts) as HostFigures[];
  const waitingFor = waiting === null ? null : (JSON.parse(waiting) as Waiting);
  if (!Array.isArray(figures) || !figures.every(namesHost) || !(waitingFor === null || namesHost(waitingFor)))
    throw new Error('store: the figures of a run are damaged');
  return {
    startedAt,
    updatedAt,
    endedAt,
    stoppedBy,
    requests,
    bytes,
    inFlight,
    peakInFlight,
    agent,
    waitingFor,
    hosts: figures,
    elapsedMs,
  };
}
