// A change of a job between two runs, as one transaction. What it takes from the totals stands in a row of its own, as
// what a worker does.

import type { Ask } from './line.ts';
import { type DatabasePlace, quotedName } from './place.ts';

export interface Change {
  /** The schema's name as SQL. */
  readonly schema: string;
  readonly epoch: number;
}

/** If `isKept` is false, all is as it was before. */
export async function changing<T>(
  ask: Ask,
  place: DatabasePlace,
  isKept: boolean,
  work: (change: Change) => Promise<T>,
): Promise<T> {
  const schema = quotedName(place.schema);
  await ask('BEGIN');
  try {
    const { rows } = await ask(`UPDATE ${schema}.job SET epoch = epoch + 1 RETURNING epoch`);
    const epoch = rows[0]![0] as number;
    await ask(`INSERT INTO ${schema}.tallies (epoch) VALUES ($1)`, [epoch]);
    const result = await work({ schema, epoch });
    await ask(isKept ? 'COMMIT' : 'ROLLBACK');
    return result;
  } catch (error) {
    await ask('ROLLBACK').catch(() => {});
    throw error;
  }
}
