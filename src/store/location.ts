// The place where a job is stored: a folder today, perhaps a database's URL later. Only this file knows the name of the
// store.

import { join } from 'node:path';
import type { Ledger } from '../base/contracts.ts';
import { removeTree } from '../base/remove.ts';
import { makeFolder } from './folder.ts';
import { LOCK_FILE, lockJob } from './lock.ts';
import { hasDatabase } from './sqlite/database.ts';
import { type Move, removeFromStore } from './sqlite/removal.ts';
import { type Matched, matchInStore, retryInStore, type Selection } from './sqlite/retry.ts';
import { openLedger, openStore, type Store, type StoreOptions } from './sqlite/store.ts';

/** The file name of the store in the job's folder. */
export const STORE_FILE = 'gossamer.db';
const STORE_FILES = [STORE_FILE, `${STORE_FILE}-wal`, `${STORE_FILE}-shm`];
const JOURNAL = `${STORE_FILE}-journal`;
/** The longest file name that SQLite derives from it. */
const LONGEST_NAME = `/${JOURNAL}`;
/** The names of all files of the store in the job's folder. */
export const STORE_NAMES: readonly string[] = [...STORE_FILES, JOURNAL, LOCK_FILE];

export interface JobLocation {
  /** Whether there is a store. */
  exists(): Promise<boolean>;
  /**
   * Creates the place and locks the job in it until the lock is disposed of. Throws UsageError, and all that `lock`
   * throws.
   */
  claim(): Promise<AsyncDisposable>;
  /** Locks an existing job. Throws JobError (`locked`, `missing`) and MachineError. */
  lock(): Promise<AsyncDisposable>;
  /** Opens the store for writing, as `openStore` does. The caller holds the lock. */
  open(options: StoreOptions): Promise<Store>;
  /** Opens the store for reading, as `openLedger` does. Another process may be working on it. */
  read(): Promise<Ledger>;
  /** Deletes the store. The caller holds the lock. */
  remove(): Promise<void>;
  readonly changes: JobChanges;
}

/** Changes of a job between two runs. The caller holds the lock. */
export interface JobChanges {
  /** The rows that `retry` would queue, by host. */
  matching(selection: Selection): Promise<Matched>;
  /** Queues rows again. `at` is in wall milliseconds. */
  retry(selection: Selection, at: number): Promise<Matched>;
  /** Deletes what is known of a row and updates other rows whose records moved. `at` is in wall milliseconds. */
  takeDown(id: number | null, moves: readonly Move[], at: number): Promise<void>;
}

/** `folder` is the job's folder. */
export function jobLocation(folder: string): JobLocation {
  const path = join(folder, STORE_FILE);
  const lock = async (): Promise<AsyncDisposable> => {
    const held = lockJob(folder);
    return { [Symbol.asyncDispose]: async () => held[Symbol.dispose]() };
  };
  return {
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
