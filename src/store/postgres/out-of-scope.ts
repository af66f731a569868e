// The rows that were skipped because they lie outside of the job, and what becomes of them if the job grows.

import type { Judgement, OutOfScope } from '../../base/contracts.ts';
import { ROWS_READ_MAX } from '../../base/limits.ts';
import { REASONS } from '../codes.ts';
import { LONG_DUE_AT } from '../memory/backlog.ts';
import { createBatch, insertOf, rowsOf } from './batch.ts';
import type { Ask } from './line.ts';
import type { Lowered } from './lower.ts';

const VERDICTS = { host: 'bigint', id: 'bigint', skip: 'smallint' };
const QUEUED = { host: 'bigint', url: 'bigint', due_at: 'bigint', tries: 'smallint' };
const OUT_OF_SCOPE = REASONS.code('scope');

/** In the order of their ids. `schema` is quoted. */
export async function* readOutOfScope(ask: Ask, schema: string): AsyncGenerator<readonly OutOfScope[]> {
  const sql = `SELECT id, host, url, depth FROM ${schema}.urls WHERE skip = ${OUT_OF_SCOPE} AND id > $1
    ORDER BY id LIMIT ${ROWS_READ_MAX}`;
  for (let after = 0; ; ) {
    const { rows } = await ask(sql, [after]);
    yield rows.map((row) => {
      const [id, hostId, url, depth] = row as [id: number, hostId: number, url: string, depth: number];
      return { id, hostId, url, depth };
    });
    if (rows.length < ROWS_READ_MAX) return;
    after = rows.at(-1)![0] as number;
  }
}

/** Inside a transaction. Another worker may have judged the rows already: those stay as they are, and are left out. */
export type Rejudge = (ask: Ask, verdicts: readonly Judgement[]) => Promise<readonly Lowered[]>;

/** `isOurs` tells which hosts this process works on. */
export function createRejudge(schema: string, isOurs: (hostId: number) => boolean): Rejudge {
  const lock = `SELECT u.id FROM ${rowsOf(VERDICTS)} JOIN ${schema}.urls u ON u.host = r.host AND u.id = r.id
    ORDER BY u.host, u.id FOR NO KEY UPDATE OF u`;
  const change = `UPDATE ${schema}.urls u SET skip = r.skip FROM ${rowsOf(VERDICTS)}, ${schema}.hosts h
    WHERE u.host = r.host AND u.id = r.id AND u.skip = ${OUT_OF_SCOPE} AND h.id = u.host
    RETURNING u.id, u.host, u.key_hash::text, h.name, u.depth, u.skip`;
  const queue = insertOf(`${schema}.queue`, QUEUED);
  return async (ask, verdicts) => {
    const batch = createBatch(VERDICTS);
    for (const { id, hostId, skip } of verdicts) batch.add(hostId, id, REASONS.code(skip));
    const [, { rows }] = await Promise.all([ask(lock, batch.values), ask(change, batch.values)]);
    const judged = rows.map((row): Lowered => {
      const [id, hostId, hash, host, depth, skip] = row as [number, number, string, string, number, number | null];
      return { id, hostId, hash, host, depth, skip, isRegained: skip === null };
    });
    const queued = createBatch(QUEUED);
    for (const { id, hostId, isRegained } of judged) {
      if (isRegained) queued.add(hostId, id, isOurs(hostId) ? LONG_DUE_AT : 0, 0);
    }
    if (queued.size > 0) await ask(queue, queued.values);
    return judged;
  };
}
