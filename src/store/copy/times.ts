// Times that outlast a run, in the rows of a copy. Each database stores them by a clock of its own.

import type { CopiedRow, Part } from './parts.ts';

/** In the queue, a value up to this one is a mark and not a time (backlog.ts of the memory). */
const LAST_MARK = 2;

/** The row with its times by a clock that is ahead of the other one by `aheadMs`. */
export function withTimes(part: Part, row: CopiedRow, aheadMs: number): CopiedRow {
  if (part === 'queue') return row['due_at'] > LAST_MARK ? { ...row, due_at: row['due_at'] + aheadMs } : row;
  if (part !== 'hosts') return row;
  const moved = ['held_until', 'robots_fetched_at', 'robots_expires_at'].map((column) => {
    return [column, row[column] > 0 ? row[column] + aheadMs : row[column]];
  });
  return { ...row, ...Object.fromEntries(moved) };
}
