// The ids of rows and of hosts, taken from the database in blocks. What is left of a block is given back at the end, so
// the ids of a job that one process works on have no gaps.

import type { Ask } from './line.ts';

export interface Ids {
  /** Resolves when the next `count` calls of `next` have an id. */
  reserve(count: number): Promise<void>;
  next(): number;
  giveBack(): Promise<void>;
}

/** `column` counts them in the row of the job; at least `blockSize` are taken at once. */
export function createIds(ask: Ask, schema: string, column: 'next_id' | 'next_host', blockSize: number): Ids {
  const take = `UPDATE ${schema}.job SET ${column} = ${column} + $1 RETURNING ${column}`;
  const giveBack = `UPDATE ${schema}.job SET ${column} = $1 WHERE ${column} = $2`;
  let next = 0;
  let end = 0;
  return {
    async reserve(count) {
      if (end - next >= count) return;
      const size = Math.max(count, blockSize);
      const { rows } = await ask(take, [size]);
      const upTo = rows[0]![0] as number;
      // Another process may have taken a block in between; then the rest of the earlier one stays unused.
      if (upTo - size !== end) next = upTo - size;
      end = upTo;
    },
    next() {
      if (next >= end) throw new Error('store: no id was reserved');
      next += 1;
      return next - 1;
    },
    async giveBack() {
      if (next < end) await ask(giveBack, [next, end]);
      end = next;
    },
  };
}
