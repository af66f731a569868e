// What the runs come to: the rows of the table, and what one more connection costs.

import { tableText } from '../../bench/table.ts';
import type { Run } from './measure.ts';

const COLUMNS = [
  'stage',
  'connections',
  'pages',
  'peak',
  'wall s',
  'ideal s',
  'wall / ideal',
  'RSS MB',
  'threads',
  'KB each',
  'what stops it',
];

export function tableOf(runs: readonly Run[]): string {
  return tableText(
    COLUMNS,
    runs.map((run) => rowOf(run, runs)),
  );
}

function rowOf(run: Run, runs: readonly Run[]): (string | number)[] {
  const { stage, connections, pages, connectionsMax, wallMs, idealMs, rssMaxMb, threadsMax, stoppedBy } = run;
  const isOver = stoppedBy === null;
  return [
    stage,
    connections,
    isOver ? pages : '-',
    connectionsMax,
    (wallMs / 1000).toFixed(1),
    (idealMs / 1000).toFixed(1),
    isOver ? (wallMs / idealMs).toFixed(2) : '-',
    shown(rssMaxMb),
    shown(threadsMax),
    shown(kbEach(run, runs)),
    stoppedBy ?? '',
  ];
}

/**
 * Kilobytes of resident memory for one more connection, or for one more thread where that is what grows: the peak less
 * the peak of the stage's smallest run, by what there was more of. NaN for the smallest run itself.
 */
export function kbEach(run: Run, runs: readonly Run[]): number {
  const least = runs.find(({ stage }) => stage === run.stage)!;
  const more = run.stoppedBy === null ? run.connections - least.connections : run.threadsMax - least.threadsMax;
  return more > 0 ? ((run.rssMaxMb - least.rssMaxMb) * 1024) / more : Number.NaN;
}

function shown(value: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(0);
}
