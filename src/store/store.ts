// What a store is to the job that opens it, whichever database it is in.

import type { Clock } from '../base/clock.ts';
import type {
  ExclusionKeeper,
  Frontier,
  HostShelf,
  JobIdentity,
  Ledger,
  MovedFiles,
  RootAddresses,
  SitemapList,
  WorkerFigures,
} from '../base/contracts.ts';
import type { CookieShelf } from '../base/cookies.ts';
import type { JobShare } from '../base/job-share.ts';
import type { Room } from '../base/room.ts';
import type { HashSeed } from './memory/hash.ts';

/** The timers are for a store that gives signs of life. */
export type StoreClock = Pick<Clock, 'now' | 'wall' | 'uptime'> & Partial<Pick<Clock, 'after' | 'every'>>;

export interface StoreOptions {
  readonly identity: JobIdentity;
  /** When the job is opened, in wall time. */
  readonly now: number;
  /** The clock by which stored times are corrected and converted. Without it, time stands still. */
  readonly clock?: StoreClock;
  /** The seed of the key hash for a new job; random by default. */
  readonly seed?: HashSeed;
  /** Deletes the database of an earlier job. */
  readonly fresh?: boolean;
  /** Waits while the disk is full. Without it a full disk is a failure. */
  readonly room?: Pick<Room, 'whenThere'>;
  /** Where several processes may work on a job: the name of this one, if the user gave it one. */
  readonly worker?: string | null;
  /** How long a process that gives no sign of life keeps its hosts. */
  readonly leaseMs?: number;
  /** What all workers of the job must have in common, by the flags of the options. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

export interface Store extends Writing {
  /** Shares the frontier's connection: it is closed with it, and it knows the leases. */
  readonly ledger: Ledger;
  /** The job existed before. */
  readonly resumed: boolean;
  /** For each archive file, where its last record with a row ends; with SQLite, as of when the job was opened. */
  archiveEnds(): Promise<ReadonlyMap<string, number>>;
  /** What was found wrong and was repaired, one sentence each. */
  readonly mended: readonly string[];
  /** The name of this process, where several may work on a job; null if it has the job for itself. */
  readonly worker: string | null;
}

/** What writes to the store during a run, and what the run reads back. */
export interface Writing {
  readonly frontier: Frontier;
  readonly share: JobShare;
  readonly sitemaps: SitemapList;
  readonly hosts: HostShelf;
  readonly rootAddresses: RootAddresses;
  readonly exclusions: ExclusionKeeper;
  readonly movedFiles: MovedFiles;
  readonly cookies: CookieShelf;
}

/** How many URLs are in each state. */
export interface Totals {
  /** Rows of the queue, including leased ones. */
  pending: number;
  done: number;
  failed: number;
  skipped: number;
}

/** Those that may be writing archive files beside the worker of this name. Workers at work have different names. */
export function writersBeside(workers: readonly WorkerFigures[], own: string | null): readonly WorkerFigures[] {
  return workers.filter(({ mayWrite, isAtWork, name }) => mayWrite && !(isAtWork && name === own));
}
