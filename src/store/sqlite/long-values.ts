// Rows with values that are longer than a view reads: no crawl writes them, and SQLite refuses what contains one. Of
// such a row only the id is read, and all other rows are whole.

import type { DatabaseSync } from 'node:sqlite';
import { ROWS_READ_MAX, VALUE_READ_BYTES_MAX } from '../../base/limits.ts';
import { sqliteCode } from '../../base/machine.ts';
import { type Cells, lenientQuery, type Query } from './database.ts';
import { ROW_SQL } from './row.ts';

/** Throws if a value of the row is too long. */
export function assertShort(cells: Cells): void {
  if (cells.length > 1) return;
  throw new Error(`store: it has a value of more than ${VALUE_READ_BYTES_MAX / 1024 / 1024} MB`);
}

/**
 * A page of rows behind an id. If SQLite refuses it for a value that is too long, the rows are read one by one, and of
 * those with such a value only the id.
 */
export function createRowPages(db: DatabaseSync, one: Query): Pick<Query, 'all'> {
  const whole = lenientQuery(db, `${ROW_SQL} WHERE u.id > ? ORDER BY u.id LIMIT ${ROWS_READ_MAX}`);
  const ids = lenientQuery(db, `SELECT id FROM urls WHERE id > ? ORDER BY id LIMIT ${ROWS_READ_MAX}`);
  return {
    all(afterId) {
      try {
        return whole.all(afterId!);
      } catch (error) {
        if (!isTooLong(error)) throw error;
        return ids.all(afterId!).map(([id]) => unlessTooLong(one, id as number) ?? [id!]);
      }
    },
  };
}

/** The cells of a row, only its id if a value of it is too long, or undefined if there is no row. */
export function unlessTooLong(one: Query, id: number): Cells | undefined {
  try {
    return one.get(id);
  } catch (error) {
    if (!isTooLong(error)) throw error;
    return [id];
  }
}

/** SQLITE_TOOBIG */
function isTooLong(error: unknown): boolean {
  return sqliteCode(error) === 18;
}
