// The rows that were skipped because they lie outside of the job.

import type { DatabaseSync } from 'node:sqlite';
import type { OutOfScope } from '../../base/contracts.ts';
import { REASONS } from '../codes.ts';
import { lenientQuery } from './database.ts';

/** Ids that are looked at together, whether their rows are out of scope or not: about half a millisecond. */
const LOOKED_AT_MAX = 4_096;

export async function* readOutOfScope(db: DatabaseSync): AsyncGenerator<readonly OutOfScope[]> {
  const last = lenientQuery(db, 'SELECT max(id) FROM urls');
  const page = lenientQuery(
    db,
    `SELECT id, host, url, depth FROM urls
       WHERE id > ?1 AND id <= ?1 + ${LOOKED_AT_MAX} AND skip = ${REASONS.code('scope')} ORDER BY id`,
  );
  for (let after = 0; after < ((last.get()?.[0] ?? 0) as number); after += LOOKED_AT_MAX) {
    yield page.all(after).map((cells) => {
      const [id, hostId, url, depth] = cells as [id: number, hostId: number, url: string, depth: number];
      return { id, hostId, url, depth };
    });
  }
}
