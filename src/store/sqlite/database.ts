// Opens the database: checks it, configures it and translates its errors. A database that is refused is not changed,
// because the checks use a read-only connection.

import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite';
import { GossamerError, JobError, MachineError } from '../../base/errors.ts';
import { DATABASE_BUSY_MS, DATABASE_CACHE_KB, WAL_PAGES_MAX } from '../../base/limits.ts';
import { asMachineError, sqliteCode, systemName, troubleOf } from '../../base/machine.ts';
import { removeFile } from '../../base/remove.ts';
import { asItStands, assertOwnDatabase, hasDatabase, hasLog, unreadable } from './database-files.ts';
import { APPLICATION_ID, STEPS } from './schema.ts';
import { assertTables } from './tables.ts';

export const IN_MEMORY = ':memory:';
/** In older versions a checkpoint during a write could corrupt the database. */
const SQLITE_VERSION_MIN = [3, 51, 3] as const;

export const NOT_WRITTEN = "the job's database could not be written";

// Error codes of https://www.sqlite.org/rescode.html; the low byte is the primary code.
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;

/** The size of a small transaction. */
const PROOF_BYTES = 64 * 1024;

/** One row as an array of its columns. */
export type Cells = readonly SQLOutputValue[];

/** A statement whose rows are arrays. */
export interface Query {
  get(...values: SQLInputValue[]): Cells | undefined;
  all(...values: SQLInputValue[]): Cells[];
}

/** Makes one transaction of many reads: otherwise each read would take and release the file locks. */
export function readingTogether(db: DatabaseSync): <T>(read: () => T) => T {
  const begin = db.prepare('BEGIN');
  const commit = db.prepare('COMMIT');
  return (read) => {
    begin.run();
    const result = read();
    commit.run();
    return result;
  };
}

/** Prepares a statement that returns rows as arrays. */
export function query(db: DatabaseSync, sql: string): Query {
  const statement = db.prepare(sql);
  statement.setReturnArrays(true);
  return statement as unknown as Query;
}

/**
 * The same for a database that a stranger may have made. An integer that JavaScript has no number for is read as the
 * nearest number, so that the checks of its row find it and the other rows are read.
 */
export function lenientQuery(db: DatabaseSync, sql: string): Query {
  const statement = db.prepare(sql);
  statement.setReturnArrays(true);
  const rows = (values: SQLInputValue[]): Cells[] => statement.all(...values) as unknown as Cells[];
  const all = (...values: SQLInputValue[]): Cells[] => {
    try {
      return rows(values);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_OUT_OF_RANGE') throw error;
    }
    statement.setReadBigInts(true);
    try {
      return rows(values).map((cells) => cells.map((cell) => (typeof cell === 'bigint' ? Number(cell) : cell)));
    } finally {
      statement.setReadBigInts(false);
    }
  };
  return { all, get: (...values) => all(...values)[0] };
}

/** Opens for writing and creates missing tables. Throws JobError and MachineError. */
export function openForWriting(location: string): DatabaseSync {
  assertSqlite();
  if (location !== IN_MEMORY) assertOwnDatabase(location);
  let db: DatabaseSync | null = null;
  try {
    db = new DatabaseSync(location, { timeout: DATABASE_BUSY_MS });
    if (location !== IN_MEMORY) db.exec('PRAGMA journal_mode = WAL');
    // NORMAL never damages the database; durable.ts brings commits to the disk.
    db.exec(`PRAGMA synchronous = NORMAL;
      PRAGMA cache_size = -${DATABASE_CACHE_KB};
      PRAGMA wal_autocheckpoint = ${WAL_PAGES_MAX};
      PRAGMA journal_size_limit = ${WAL_PAGES_MAX * 2 * 4096};`);
    migrate(db);
    // SQLite opens a read-only file too and refuses only the first change, so this tries a change.
    db.exec(`BEGIN IMMEDIATE; PRAGMA user_version = ${STEPS.length}; ROLLBACK`);
    return db;
  } catch (error) {
    if (db?.isOpen) db.close();
    throw asUnwritable(location, error);
  }
}

/** Opens for reading while another process may be writing. Throws JobError. */
export function openForReading(location: string): DatabaseSync {
  if (!hasDatabase(location))
    throw new JobError('missing', `${location}: there is no job here; name the folder of one`);
  const db = openAndCheck(location, location);
  if (db === null) throw unreadable(location, 'it is empty');
  const version = pragma(db, 'user_version');
  if (version === STEPS.length) return db;
  db.close();
  throw older(location, version);
}

/**
 * The result of `look` on our database at `location`, before it is written; null if there is no database. Throws
 * JobError for anything else.
 */
export function inspect<T>(location: string, look: (db: DatabaseSync) => T): T | null {
  if (!hasDatabase(location)) return null;
  // The job's lock keeps writers away. So without a log only the file itself needs to be touched.
  const db = openAndCheck(location, hasLog(location) ? location : asItStands(location));
  if (db === null) return null;
  try {
    return look(db);
  } catch (error) {
    throw asUnreadable(location, error);
  } finally {
    db.close();
  }
}

/** Null for a new database: the process that created it was killed before it made a table. */
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
    using made = new DatabaseSync(IN_MEMORY);
    assertTables(db, made, version);
    return db;
  } catch (error) {
    if (db?.isOpen) db.close();
    const isRefused = sqliteCode(error) === SQLITE_CANTOPEN || sqliteCode(error) === SQLITE_READONLY;
    // In a read-only folder SQLite cannot create its files; without a log it does not need them.
    if (isRefused && address === location && !hasLog(location)) return openAndCheck(location, asItStands(location));
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

/** A reader cannot upgrade the database. */
function older(location: string, version: number): JobError {
  const message = `${location}: made by an older gossamer (version ${version}, ours is ${STEPS.length})`;
  return new JobError('older', `${message}; the command that made it, gossamer crawl, brings it up to date`);
}

/**
 * Translates an error that occurs while a job is opened. A failure of the machine may pass. Damage or missing
 * permission is for the user to solve.
 */
export function asUnreadable(location: string, error: unknown): Error {
  if (error instanceof GossamerError) return error;
  if (isDamage(error)) {
    return unreadable(location, 'it is not a database, or a damaged one', error);
  }
  const cause = systemCause(location, error, false);
  if (troubleOf(cause) !== null) return asMachineError(cause, `${location} could not be read`) as Error;
  if (systemName(cause) !== null) return forbidden(location, 'read', cause);
  return unreadable(location, messageOf(error).replace(/^store: /, ''), error);
}

/** Translates an error that occurs while a database is opened for writing. */
export function asUnwritable(location: string, error: unknown): unknown {
  if (isDamage(error)) return asUnreadable(location, error);
  const cause = systemCause(location, error);
  const isForbidden = ['EACCES', 'EPERM'].includes(systemName(cause) ?? '');
  return isForbidden ? forbidden(location, 'written', cause) : asMachineError(cause, NOT_WRITTEN);
}

/** Translates a database error that occurs during a crawl. Errors of our own stay as they are. */
export function asStoreFailure(location: string, error: unknown): unknown {
  return asMachineError(systemCause(location, error), NOT_WRITTEN);
}

/** The file is damaged or not a database. */
export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === SQLITE_CORRUPT || code === SQLITE_NOTADB;
}

function forbidden(location: string, what: 'read' | 'written', cause: unknown): JobError {
  const why = messageOf(cause).split(',', 1)[0];
  const message = `${location} cannot be ${what} by you (${why}). Use -o for another folder`;
  return new JobError('unreadable', message, { cause });
}

/**
 * The real cause of a vague SQLite error, for example a full quota or missing file handles. It repeats the operation
 * without SQLite and returns the system's error if that fails too.
 */
export function systemCause(location: string, error: unknown, isWritten = true): unknown {
  const code = sqliteCode(error);
  const isVague = code === SQLITE_IOERR || code === SQLITE_CANTOPEN || code === SQLITE_READONLY;
  if (!isVague || location === IN_MEMORY) return error;
  try {
    if (existsSync(location)) closeSync(openSync(location, isWritten ? 'r+' : 'r'));
    if (isWritten) writeBeside(location);
    return error;
  } catch (cause) {
    return cause;
  }
}

function writeBeside(location: string): void {
  const path = `${location}-room`;
  removeFile(path);
  const file = openOwn(path);
  if (file === null) return;
  try {
    writeSync(file, Buffer.alloc(PROOF_BYTES));
  } finally {
    closeSync(file);
    removeFile(path);
  }
}

/** Null if another process has just made the file, for the same reason: that is not the failure that is looked for. */
function openOwn(path: string): number | null {
  try {
    return openSync(path, 'wx');
  } catch (error) {
    if (systemName(error) !== 'EEXIST') throw error;
    return null;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
