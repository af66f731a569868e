// Where a job is kept: a folder today, a database's URL later. It alone knows how the store is named there.

import { join } from 'node:path';
import type { Ledger } from '../base/contracts.ts';
import { removeTree } from '../base/remove.ts';
import { makeFolder } from './folder.ts';
import { lockJob } from './lock.ts';
import { hasDatabase } from './sqlite/database.ts';
import { type Move, removeFromStore } from './sqlite/removal.ts';
import { type Matched, matchInStore, retryInStore, type Selection } from './sqlite/retry.ts';
import { openLedger, openStore, type Store, type StoreOptions } from './sqlite/store.ts';

/** The file of the store, in the job's folder. */
export const STORE_FILE = 'gossamer.db';
const STORE_FILES = [STORE_FILE, `${STORE_FILE}-wal`, `${STORE_FILE}-shm`];
/** The longest of the names that SQLite makes of it. */
const LONGEST_NAME = `/${STORE_FILE}-journal`;

export interface JobLocation {
  /** There is a store. */
  exists(): Promise<boolean>;
  /** Makes the place, and locks the job in it until it is disposed of. Throws UsageError, and what `lock` throws. */
  claim(): Promise<AsyncDisposable>;
  /** Locks a job that is there. Throws JobError: `locked`, `missing`; and MachineError. */
  lock(): Promise<AsyncDisposable>;
  /** For writing; whoever asks has the lock. As `openStore`. */
  open(options: StoreOptions): Promise<Store>;
  /** For reading, beside a process that may be working on it. As `openLedger`. */
  read(): Promise<Ledger>;
  /** Throws the store away; whoever asks has the lock. */
  remove(): Promise<void>;
  readonly changes: JobChanges;
}

/** What is changed between two runs; whoever asks has the lock. */
export interface JobChanges {
  /** Which rows `retry` would queue, by host. */
  matching(selection: Selection): Promise<Matched>;
  /** Queues rows again. `at` is wall time, as below. */
  retry(selection: Selection, at: number): Promise<Matched>;
  /** Takes what is known of a row out, and gives others the places of their moved records. */
  takeDown(id: number | null, moves: readonly Move[], at: number): Promise<void>;
}

/** `folder`: the job's. */
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
