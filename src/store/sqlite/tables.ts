// Whether the tables of a database are ours.

import type { DatabaseSync } from 'node:sqlite';
import { STEPS } from './schema.ts';

/**
 * Throws if the tables differ from those that a gossamer of that version creates. Other tables accept other values than
 * we write, and a trigger or a view would run its author's code. `made` is an empty database.
 */
export function assertTables(db: DatabaseSync, made: DatabaseSync, version: number): void {
  for (const step of STEPS.slice(0, version)) made.exec(step);
  if (!sameTables(db, made)) throw new Error('its tables are not those of gossamer');
}

export function sameTables(one: DatabaseSync, other: DatabaseSync): boolean {
  return tablesOf(one) === tablesOf(other);
}

function tablesOf(db: DatabaseSync): string {
  const sql =
    "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name";
  return JSON.stringify(db.prepare(sql).all());
}
