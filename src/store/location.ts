// The place where a job is stored: a database in the job's folder, or one on a server. Only this file knows which, and
// the name of the store.

import { join, resolve } from 'node:path';
import { JobError } from '../base/errors.ts';
import { removeTree } from '../base/remove.ts';
import { makeFolder } from './folder.ts';
import type { JobLocation } from './job-location.ts';
import { LOCK_FILE, lockJob } from './lock.ts';
import { postgresLocation } from './postgres/location.ts';
import { openCopySource } from './sqlite/copy-source.ts';
import { openCopyTarget } from './sqlite/copy-target.ts';
import { inspect } from './sqlite/database.ts';
import { assertOwnDatabase, hasDatabase } from './sqlite/database-files.ts';
import { readJob } from './sqlite/job-row.ts';
import { noteMovedInStore } from './sqlite/moved-files.ts';
import { removeFromStore } from './sqlite/removal.ts';
import { matchInStore, retryInStore } from './sqlite/retry.ts';
import { openLedger, openStore } from './sqlite/store.ts';

export type { JobLocation } from './job-location.ts';

/** The file name of the store in the job's folder. */
export const STORE_FILE = 'gossamer.db';
const STORE_FILES = [STORE_FILE, `${STORE_FILE}-wal`, `${STORE_FILE}-shm`];
const JOURNAL = `${STORE_FILE}-journal`;
/** The longest file name that SQLite derives from it. */
const LONGEST_NAME = `/${JOURNAL}`;
/** The file name of the index for searches in the job's folder. */
export const INDEX_FILE = 'search.db';
/** The names of all files of the store in the job's folder. */
export const STORE_NAMES: readonly string[] = [...STORE_FILES, JOURNAL, LOCK_FILE];

/**
 * `folder` is the job's folder. `store` is the URL of a database on a server; without one it is in the folder. `name`
 * is the job's name there, if it is not that of the folder.
 */
export function jobLocation(folder: string, store: string | null = null, name: string | null = null): JobLocation {
  return store?.startsWith('postgres') === true ? postgresLocation(folder, store, name) : inFolder(folder);
}

function inFolder(folder: string): JobLocation {
  const path = join(folder, STORE_FILE);
  const shown = `the job in ${resolve(folder)}`;
  const lock = async (): Promise<AsyncDisposable> => {
    const held = lockJob(folder);
    return { [Symbol.asyncDispose]: async () => held[Symbol.dispose]() };
  };
  return {
    storeName: STORE_FILE,
    exists: async () => hasDatabase(path),
    async lock() {
      assertOwnDatabase(path);
      return lock();
    },
    async claim() {
      makeFolder(folder, LONGEST_NAME);
      return lock();
    },
    open: (options) => openStore(path, options),
    settings: async () => null,
    read: async () => openLedger(path),
    copySource: async (clock) => openCopySource(path, shown, clock),
    copyTarget: async (clock) => openCopyTarget(path, shown, clock),
    async remove() {
      refuseMoved(path);
      for (const name of STORE_FILES) removeTree(join(folder, name));
    },
    changes: {
      movedFiles: { note: async (moved) => noteMovedInStore(path, moved) },
      matching: async (selection) => matchInStore(path, selection),
      retry: async (selection, at) => retryInStore(path, selection, at),
      takeDown: async (id, moves, at) => removeFromStore(path, id, moves, at),
    },
  };
}

/** Throws JobError if the job was moved: the archive in its folder belongs to it still. */
function refuseMoved(path: string): void {
  try {
    inspect(path, (db) => readJob(db, path));
  } catch (error) {
    // Anything else that is there is thrown away.
    if (error instanceof JobError && error.code === 'moved') throw error;
  }
}
