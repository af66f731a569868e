// One process at a time works on a job. The lock is one of the system's, on a file that SQLite opens for us (Node has no
// flock): it is gone when the process is, however that ended, so there is no stale lock and no pid to compare.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { JobError } from '../base/errors.ts';

/** Held until it is disposed of or the process ends. */
export interface Lock extends Disposable {
  readonly path: string;
}

const SQLITE_BUSY = 5;

/** Locks the job in `folder`. Throws JobError: `locked` where another process has it, `missing` without the folder. */
export function lockJob(folder: string): Lock {
  if (!existsSync(folder)) throw new JobError('missing', `${folder}: there is no such folder`);
  const path = join(folder, 'lock');
  let db: DatabaseSync | null = null;
  try {
    db = new DatabaseSync(path, { timeout: 0 });
    // An exclusive transaction that writes nothing. Its journal in memory: else a file of it would be left behind.
    db.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    if (db?.isOpen) db.close();
    throw refusal(folder, path, error);
  }
  const held = db;
  return {
    path,
    [Symbol.dispose]: () => {
      if (held.isOpen) held.close();
    },
  };
}

function refusal(folder: string, path: string, cause: unknown): JobError {
  const code = cause instanceof Error && 'errcode' in cause ? Number(cause.errcode) & 0xff : 0;
  if (code === SQLITE_BUSY) {
    const message = `${folder} is being worked on by another process; wait for it, or use -o for another folder`;
    return new JobError('locked', message, { cause });
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new JobError('unreadable', `${path} cannot be locked: ${reason}`, { cause });
}
