// The place where a job is stored: a database in the job's folder, or one on a server. Only this file knows which, and
// the name of the store.

import { join } from 'node:path';
import { removeTree } from '../base/remove.ts';
import { makeFolder } from './folder.ts';
import type { JobLocation } from './job-location.ts';
import { LOCK_FILE, lockJob } from './lock.ts';
import { postgresLocation } from './postgres/location.ts';
import { hasDatabase } from './sqlite/database.ts';
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
/** The names of all files of the store in the job's folder. */
export const STORE_NAMES: readonly string[] = [...STORE_FILES, JOURNAL, LOCK_FILE];

/** `folder` is the job's folder. `store` is the URL of a database on a server; without one it is in the folder. */
export function jobLocation(folder: string, store: string | null = null): JobLocation {
  return store?.startsWith('postgres') === true ? postgresLocation(folder, store) : inFolder(folder);
}

function inFolder(folder: string): JobLocation {
  const path = join(folder, STORE_FILE);
  const lock = async (): Promise<AsyncDisposable> => {
    const held = lockJob(folder);
    return { [Symbol.asyncDispose]: async () => held[Symbol.dispose]() };
  };
  return {
    storeName: STORE_FILE,
    exists: async () => hasDatabase(path),
    lock,
    async claim() {
      makeFolder(folder, LONGEST_NAME);
      return lock();
    },
    open: (options) => openStore(path, options),
    read: async () => openLedger(path),
    async remove() {
      for (const name of STORE_FILES) removeTree(join(folder, name));
    },
    changes: {
      matching: async (selection) => matchInStore(path, selection),
      retry: async (selection, at) => retryInStore(path, selection, at),
      takeDown: async (id, moves, at) => removeFromStore(path, id, moves, at),
    },
  };
}
