// One process at a time works on a job. The lock is one of the system's, on a file that SQLite opens for us (Node has no
// flock): it is gone when the process is, however that ended, so there is no stale lock and no pid to compare.

import { chmodSync, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { JobError } from '../base/errors.ts';
import { asMachineError, sqliteCode, systemName, troubleOf } from '../base/machine.ts';
import { isDamage, systemCause } from './sqlite/database.ts';

/** Held until it is disposed of or the process ends. */
export interface Lock extends Disposable {
  readonly path: string;
}

const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;
/** Whoever only looks whether it is locked has it for a moment. */
const GLANCE_MS_MAX = 200;
const OWNER_MAY_WRITE = 0o200;

/** Locks the job in `folder`. Throws JobError: `locked` where another process has it, `missing` without the folder; and MachineError. */
export function lockJob(folder: string): Lock {
  if (!existsSync(folder)) throw new JobError('missing', `${folder}: there is no such folder`);
  const path = join(folder, 'lock');
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

/** Whether some process has the lock, without taking it. */
export function isLocked(folder: string): boolean {
  const path = join(folder, 'lock');
  if (!existsSync(path)) return false;
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

function locked(path: string): DatabaseSync {
  try {
    return lockedOnce(path);
  } catch (error) {
    if (sqliteCode(error) !== SQLITE_READONLY) throw error;
    // The file is ours and holds nothing: a copy, or the user's mask, has made it read-only.
    chmodSync(path, statSync(path).mode | OWNER_MAY_WRITE);
    return lockedOnce(path);
  }
}

function lockedOnce(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: GLANCE_MS_MAX });
  try {
    // An exclusive transaction that is never committed. Its journal in memory: else a file of it would be left behind. Where
    // the file may only be read SQLite has no more than a lock for reading, which many can have, and does not say so: hence the change.
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
  const isForbidden = ['EACCES', 'EPERM'].includes(systemName(cause) ?? '');
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = isForbidden
    ? `${folder} may not be changed by you, only read: ${reason}. Use -o for another folder`
    : `${path} cannot be locked: ${reason}`;
  return new JobError('unreadable', message, { cause });
}
