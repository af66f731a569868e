// Lets only one process at a time work on a job. SQLite takes the system's lock on a file for us, because Node has no
// flock. The system releases the lock when the process ends in any way, so there is no stale lock and no pid to
// compare.

import { chmodSync, existsSync, lstatSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { JobError } from '../base/errors.ts';
import { asMachineError, sqliteCode, systemName, troubleOf } from '../base/machine.ts';
import { asRefused } from './folder.ts';
import { isDamage, systemCause } from './sqlite/database.ts';

/** Held until it is disposed of or the process ends. */
export interface Lock extends Disposable {
  readonly path: string;
}

/** The file's name in the job's folder. */
export const LOCK_FILE = 'lock';
const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;
/** A process that only checks the lock holds it for a moment, so locking waits this long. */
const GLANCE_MS_MAX = 200;
const OWNER_MAY_WRITE = 0o200;

/**
 * Locks the job in `folder`. Throws JobError (`locked` if another process holds the lock, `missing` if there is no
 * folder), UsageError for a folder that takes no files, and MachineError.
 */
export function lockJob(folder: string): Lock {
  if (!existsSync(folder)) throw new JobError('missing', `${folder}: there is no such folder`);
  const path = join(folder, LOCK_FILE);
  if (isStrange(path)) throw new JobError('unreadable', `${path} is not a regular file: remove it`);
  let held: DatabaseSync;
  try {
    held = locked(path);
  } catch (error) {
    throw refusal(folder, path, error);
  }
  return {
    path,
    [Symbol.dispose]: () => {
      if (held.isOpen) held.close();
    },
  };
}

/** Whether a process holds the lock, without taking it. */
export function isLocked(folder: string): boolean {
  const path = join(folder, LOCK_FILE);
  if (!existsSync(path) || isStrange(path)) return false;
  let db: DatabaseSync | null = null;
  try {
    db = new DatabaseSync(path, { readOnly: true, timeout: 0 });
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return false;
  } catch (error) {
    return sqliteCode(error) === SQLITE_BUSY;
  } finally {
    db?.close();
  }
}

/** Something that no crawl made. SQLite would wait at a pipe, and lock the file of another program through a link. */
function isStrange(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === false;
}

function locked(path: string): DatabaseSync {
  try {
    return lockedOnce(path);
  } catch (error) {
    if (sqliteCode(error) !== SQLITE_READONLY) throw error;
    // The file is ours and empty. A copy or the user's umask made it read-only.
    chmodSync(path, statSync(path).mode | OWNER_MAY_WRITE);
    return lockedOnce(path);
  }
}

function lockedOnce(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: GLANCE_MS_MAX });
  try {
    // Opens an exclusive transaction that is never committed. Its journal is in memory, because a journal file would be
    // left behind. The change forces a write lock: on a read-only file SQLite silently takes only a read lock, which
    // many processes can hold.
    db.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; PRAGMA user_version = 1');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function refusal(folder: string, path: string, error: unknown): unknown {
  if (sqliteCode(error) === SQLITE_BUSY) {
    const message = `${folder} is being worked on by another process; wait for it, or use -o for another folder`;
    return new JobError('locked', message, { cause: error });
  }
  const cause = systemCause(path, error);
  if (troubleOf(cause) !== null && !isDamage(cause)) return asMachineError(cause, `${folder} could not be locked`);
  // The folder is there, but takes nothing new (/proc).
  if (systemName(cause) === 'ENOENT') return asRefused(folder, cause);
  const isForbidden = ['EACCES', 'EPERM'].includes(systemName(cause) ?? '');
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = isForbidden
    ? `${folder} may not be changed by you, only read: ${reason}. Use -o for another folder`
    : `${path} cannot be locked: ${reason}`;
  return new JobError('unreadable', message, { cause });
}
