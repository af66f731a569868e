// Opening the database: what it is checked for, how it is set, and what its failures mean. What is refused is not changed:
// the checks go through a read-only connection of their own.

import { existsSync, statSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { GossamerError, JobError, MachineError } from '../base/errors.ts';
import { DATABASE_BUSY_MS, DATABASE_CACHE_KB, WAL_PAGES_MAX } from '../base/limits.ts';
import { APPLICATION_ID, STEPS } from './schema.ts';

export const IN_MEMORY = ':memory:';
/** Before it, a checkpoint beside a write could corrupt the database. */
const SQLITE_VERSION_MIN = [3, 51, 3] as const;

// https://www.sqlite.org/rescode.html; the low byte is the primary code.
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_NOTADB = 26;
const SQLITE_IOERR = 10;

/** One row as an array of its columns. */
export type Cells = readonly SQLOutputValue[];

/** A statement whose rows are arrays. */
export interface Query {
  get(...values: SQLInputValue[]): Cells | undefined;
  all(...values: SQLInputValue[]): Cells[];
}

/** Prepares a statement that answers in arrays. */
export function query(db: DatabaseSync, sql: string): Query {
  const statement = db.prepare(sql);
  statement.setReturnArrays(true);
  return statement as unknown as Query;
}

/** Opens for writing, and makes the tables where there are none. Throws JobError and MachineError. */
export function openForWriting(location: string): DatabaseSync {
  assertSqlite();
  const db = new DatabaseSync(location, { timeout: DATABASE_BUSY_MS });
  try {
    if (location !== IN_MEMORY) db.exec('PRAGMA journal_mode = WAL');
    // NORMAL never damages the database; that a commit is on disk is seen to in durable.ts.
    db.exec(`PRAGMA synchronous = NORMAL;
      PRAGMA cache_size = -${DATABASE_CACHE_KB};
      PRAGMA wal_autocheckpoint = ${WAL_PAGES_MAX};
      PRAGMA journal_size_limit = ${WAL_PAGES_MAX * 2 * 4096};`);
    migrate(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Opens for reading, beside a process that may be writing. Throws JobError. */
export function openForReading(location: string): DatabaseSync {
  if (!isJob(location)) throw new JobError('missing', `${location}: there is no job here; name the folder of one`);
  const db = openAndCheck(location, location);
  if (db === null) throw unreadable(location, 'it is empty');
  return db;
}

/** True where a database of ours stands at `location`, false where there is none. Throws JobError for anything else. */
export function inspect<T>(location: string, look: (db: DatabaseSync) => T): T | null {
  if (!isJob(location)) return null;
  // Nobody writes while we look (we hold the job's lock), so without a log nothing but the file itself need be touched.
  const isClean = !existsSync(`${location}-wal`);
  const db = openAndCheck(location, isClean ? `${pathToFileURL(location).href}?immutable=1` : location);
  if (db === null) return null;
  try {
    return look(db);
  } catch (error) {
    throw asUnreadable(location, error);
  } finally {
    db.close();
  }
}

function isJob(location: string): boolean {
  return existsSync(location) && statSync(location).size > 0;
}

/** Null where the database is new: made, and killed before its first table. */
function openAndCheck(location: string, address: string): DatabaseSync | null {
  let db: DatabaseSync | null = null;
  try {
    db = new DatabaseSync(address, { readOnly: true, timeout: DATABASE_BUSY_MS });
    const application = pragma(db, 'application_id');
    const version = pragma(db, 'user_version');
    const isEmpty = query(db, 'SELECT count(*) FROM sqlite_schema').get()![0] === 0;
    if (isEmpty && application === 0 && version === 0) {
      db.close();
      return null;
    }
    if (application !== APPLICATION_ID) throw unreadable(location, 'it is the database of another program');
    if (version > STEPS.length) throw newer(location, version);
    return db;
  } catch (error) {
    if (db?.isOpen) db.close();
    throw asUnreadable(location, error);
  }
}

function migrate(db: DatabaseSync): void {
  const version = pragma(db, 'user_version');
  if (version === STEPS.length) return;
  db.exec('BEGIN IMMEDIATE');
  for (const step of STEPS.slice(version)) db.exec(step);
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${STEPS.length}; COMMIT`);
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(query(db, `PRAGMA ${name}`).get()![0]);
}

function assertSqlite(): void {
  const version = process.versions['sqlite'] ?? '0';
  const parts = version.split('.').map(Number);
  const at = SQLITE_VERSION_MIN.findIndex((least, index) => (parts[index] ?? 0) !== least);
  if (at < 0 || parts[at]! > SQLITE_VERSION_MIN[at]!) return;
  const least = SQLITE_VERSION_MIN.join('.');
  throw new MachineError('database', `SQLite ${version} of this Node can corrupt a database; ${least} is needed`);
}

function newer(location: string, version: number): JobError {
  const ours = STEPS.length;
  return new JobError(
    'newer',
    `${location}: made by a newer gossamer (version ${version}, ours is ${ours}); update it`,
  );
}

function unreadable(location: string, why: string, cause?: unknown): JobError {
  const message = `${location} cannot be read: ${why}; nothing was changed. Use -o for another folder, or --fresh`;
  return new JobError('unreadable', message, { cause });
}

/** For what is found out while a job is opened: a database that cannot be used is not a machine that fails. */
export function asUnreadable(location: string, error: unknown): Error {
  if (error instanceof GossamerError) return error;
  const code = codeOf(error);
  const isBroken = code === SQLITE_CORRUPT || code === SQLITE_NOTADB;
  const why = isBroken ? 'it is not a database, or a damaged one' : messageOf(error);
  return unreadable(location, why, error);
}

/** What a failure of the database in the midst of a crawl means. Errors of our own stay as they are. */
export function asMachineError(error: unknown): unknown {
  const code = codeOf(error);
  if (code === null) return error;
  const options = { cause: error };
  const reason = messageOf(error);
  if (code === SQLITE_FULL || code === SQLITE_IOERR) {
    return new MachineError(
      'disk',
      `the job's database could not be written: ${reason}; make room and run again`,
      options,
    );
  }
  return new MachineError('database', `the job's database failed: ${reason}; run again to go on`, options);
}

/** The primary result code of SQLite; null for any other error. */
function codeOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error)) return null;
  return Number(error.errcode) & 0xff;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
