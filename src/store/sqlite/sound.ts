// A database that a stranger made, or that was damaged, may hold what no crawl writes: codes without a word, numbers that are none, lists that end in the middle. Whoever reads it is told so
// in a sentence, and not by whatever of ours fails over it.

import type { DatabaseSync } from 'node:sqlite';
import { STEPS } from './schema.ts';

const COUNT_MAX = 2 ** 31 - 1;
/** The last millisecond of a Date (ECMA-262, section 21.4.1.1). */
const TIME_MAX = 8.64e15;

type Int = number | null;

/** Throws where one is no number from 0 on, or larger than a count can be. */
export function assertCounts(what: string, ...counts: readonly Int[]): void {
  for (const count of counts)
    if (count !== null && !(count >= 0 && count <= COUNT_MAX))
      throw new Error(`store: ${what} has a count of ${count}`);
}

/** Throws where one is at no time that a calendar has. */
export function assertTimes(what: string, ...times: readonly Int[]): void {
  for (const time of times)
    if (time !== null && !(Math.abs(time) <= TIME_MAX)) throw new Error(`store: ${what} has a time of ${time}`);
}

/** Throws where it is no URL. */
export function assertUrl(what: string, url: string | null): void {
  if (url !== null && !URL.canParse(url))
    throw new Error(`store: ${what} has ${JSON.stringify(url.slice(0, 100))} for a URL`);
}

/**
 * Throws where the tables are not those that a gossamer of that version makes: others take other values than we write, and a trigger or a
 * view would run what its author likes. `made` is an empty database.
 */
export function assertTables(db: DatabaseSync, made: DatabaseSync, version: number): void {
  for (const step of STEPS.slice(0, version)) made.exec(step);
  if (tablesOf(db) !== tablesOf(made)) throw new Error('its tables are not those of gossamer');
}

function tablesOf(db: DatabaseSync): string {
  const sql =
    "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name";
  return JSON.stringify(db.prepare(sql).all());
}
