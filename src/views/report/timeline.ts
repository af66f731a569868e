// How many URLs were answered and how many turned out broken in each stretch of the time that the runs took. The time
// between two runs is left out. Its memory is fixed.

import type { Row, RunFigures } from '../../base/contracts.ts';
import { TIMELINE_COLUMN_MS_MIN, TIMELINE_COLUMNS_MAX } from '../../base/limits.ts';

export interface Timeline {
  /** The beginning of the first run and the end of the last, in wall milliseconds. */
  readonly from: number;
  readonly to: number;
  /** The length of a column. */
  readonly columnMs: number;
  /** For each column, how many URLs ended with a response or a failure. */
  readonly urls: readonly number[];
  /** How many of these are broken. */
  readonly broken: readonly number[];
  /** The columns in which another run begins. */
  readonly begins: readonly number[];
}

interface Stretch {
  readonly from: number;
  to: number;
  /** The length of the stretches before it. */
  before: number;
}

export interface TimelineFiller {
  add(row: Pick<Row, 'fetchedAt'>, isBroken: boolean): void;
  /** Null if nothing was requested. */
  readonly timeline: Timeline | null;
}

export function createTimeline(
  runs: readonly Pick<RunFigures, 'startedAt' | 'updatedAt' | 'endedAt'>[],
): TimelineFiller {
  const stretches = stretchesOf(runs);
  const last = stretches.at(-1);
  const lengthMs = last === undefined ? 0 : last.before + last.to - last.from;
  const columnMs = Math.max(TIMELINE_COLUMN_MS_MIN, Math.ceil(lengthMs / TIMELINE_COLUMNS_MAX));
  const columns = Math.max(1, Math.ceil(lengthMs / columnMs));
  const urls = Array.from({ length: columns }, () => 0);
  const broken = Array.from({ length: columns }, () => 0);
  let isEmpty = true;

  const columnAt = (ms: number): number => Math.min(columns - 1, Math.floor(ms / columnMs));
  return {
    add({ fetchedAt }, isBroken) {
      if (fetchedAt === null || last === undefined) return;
      isEmpty = false;
      const column = columnAt(placeOf(stretches, fetchedAt));
      urls[column]! += 1;
      if (isBroken) broken[column]! += 1;
    },
    get timeline() {
      if (isEmpty || last === undefined) return null;
      const begins = stretches.slice(1).map(({ before }) => columnAt(before));
      return { from: stretches[0]!.from, to: last.to, columnMs, urls, broken, begins: [...new Set(begins)] };
    },
  };
}

/** The times in which at least one run was at work, in order. */
function stretchesOf(runs: Parameters<typeof createTimeline>[0]): Stretch[] {
  const spans = runs
    .map(({ startedAt, updatedAt, endedAt }) => ({ from: startedAt, to: Math.max(startedAt, endedAt ?? updatedAt) }))
    .sort((a, b) => a.from - b.from);
  const stretches: Stretch[] = [];
  for (const { from, to } of spans) {
    const last = stretches.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else stretches.push({ from, to, before: last === undefined ? 0 : last.before + last.to - last.from });
  }
  return stretches;
}

/** How much time of the runs had passed at a moment. A moment between two runs counts as the end of the first. */
function placeOf(stretches: readonly Stretch[], at: number): number {
  let low = 0;
  let high = stretches.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (stretches[middle]!.from <= at) low = middle;
    else high = middle - 1;
  }
  const { from, to, before } = stretches[low]!;
  return before + Math.max(0, Math.min(at, to) - from);
}
