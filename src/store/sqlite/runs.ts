// The figures of each run: one row a run, replaced during the run.

import type { DatabaseSync } from 'node:sqlite';
import type { RunFigures } from '../../base/contracts.ts';
import { query } from './database.ts';

/** Writes the figures of this process's run, always to the same row. */
export type WriteRun = (run: RunFigures) => void;

export function createRunWriter(db: DatabaseSync, uptime: () => number): WriteRun {
  const id = Number(query(db, 'SELECT ifnull(max(id), 0) + 1 FROM runs').get()![0]);
  const replace = db.prepare('INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
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
      loopLate,
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
      loopLate === null ? null : JSON.stringify(loopLate),
    );
  };
}
