// What the place of a job can do, whichever database it is in.

import type { ArchivePlace, Ledger, MovedFiles } from '../base/contracts.ts';
import type { ErrorCode, SkipReason } from '../base/errors.ts';
import type { CopySource, CopyTarget } from './copy/contract.ts';
import type { Store, StoreClock, StoreOptions } from './store.ts';

export interface JobLocation {
  /** What a message calls the store: the name of its file, or the address of its database without secrets. */
  readonly storeName: string;
  /** Whether there is a store. */
  exists(): Promise<boolean>;
  /**
   * Locks the job until the lock is disposed of, also a job that is still to be made. Where several processes may work
   * on a job, opening it joins them, and only who must be alone locks it here. Throws UsageError, and all that `lock`
   * throws.
   */
  claim(isAlone?: 'alone'): Promise<AsyncDisposable>;
  /** Locks an existing job. Throws JobError (`locked`, `missing`) and MachineError. */
  lock(): Promise<AsyncDisposable>;
  /** Opens the store for writing, as `openStore` does. The caller holds the lock. */
  open(options: StoreOptions): Promise<Store>;
  /** What all workers of the job have in common; null if there is no job, or if there is one process at a time. */
  settings(): Promise<Readonly<Record<string, unknown>> | null>;
  /** Opens the store for reading, as `openLedger` does. Another process may be working on it. */
  read(): Promise<Ledger>;
  /** Opens the store to copy the job from it. The caller holds the lock. */
  copySource(clock: StoreClock): Promise<CopySource>;
  /** Opens the store to copy a job to it. The caller holds the lock. */
  copyTarget(clock: StoreClock): Promise<CopyTarget>;
  /** Deletes the store. The caller holds the lock. */
  remove(): Promise<void>;
  readonly changes: JobChanges;
}

/** Changes of a job between two runs. The caller holds the lock. */
export interface JobChanges {
  readonly movedFiles: MovedFiles;
  /** The rows that `retry` would queue, by host. */
  matching(selection: Selection): Promise<Matched>;
  /** Queues rows again. `at` is in wall milliseconds. */
  retry(selection: Selection, at: number): Promise<Matched>;
  /** Deletes what is known of a row and updates other rows whose records moved. `at` is in wall milliseconds. */
  takeDown(id: number | null, moves: readonly Move[], at: number): Promise<void>;
}

/** Selects rows that match any of these fields. Rows that are queued already or were taken down never match. */
export interface Selection {
  readonly reasons: readonly SkipReason[];
  readonly errors: readonly ErrorCode[];
  /** Ranges of statuses, both ends included. */
  readonly statuses: readonly (readonly [lowest: number, highest: number])[];
  /** Rows by their id. */
  readonly ids: readonly number[];
  /** Rows by their id whose archive record is lost. */
  readonly lost: readonly number[];
  /** Earlier records that are lost. Their attempts stay, without a record. */
  readonly lostRecords: readonly ArchivePlace[];
}

/** How many rows match for each host, most first. */
export type Matched = readonly (readonly [host: string, urls: number])[];

/** A record that has a new place. */
export interface Move {
  readonly from: ArchivePlace;
  readonly to: ArchivePlace;
}
