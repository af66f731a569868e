// How several processes work on one job. Each of them leases hosts: nobody else works on these until it gives them
// back, or until its leases lapse because it gave no sign of life. In SQLite one process has the whole job.

import type { HostNote } from './contracts.ts';
import type { Sitemap } from './sitemap-list.ts';

/** What this process has of a job, and what it knows of the others. */
export interface JobShare {
  /** Whether this process may request anything of the host. */
  has(host: string): boolean;
  /**
   * Takes the host as soon as it can, although nothing of it waits here. Who has it is asked to give it back. To be
   * called again as long as the host is wanted.
   */
  want(host: string): void;
  /** The watcher is told of the hosts that come and go. */
  watch(watcher: HostWatcher): void;
  /** Aborted when the leases lapse: what is in flight then must end. Null if they never lapse. */
  signal(): AbortSignal | null;
  /**
   * When `lease` may give something although nothing is due here, because others find URLs and give hosts back. It is
   * `Infinity` if that cannot happen.
   */
  readonly lookAt: number;
  /** Whether other processes may still find links, as far as is known. */
  readonly mayOthersFind: boolean;
  /** Whether nothing is left to do in the whole job. It is asked when nothing is left to do here. */
  isOver(): Promise<boolean>;
  /**
   * Takes some of what is left of a limit of the whole job, `most`: URLs requested for the first time, or bytes. Zero
   * if nothing is left.
   */
  reserve(what: 'urls' | 'bytes', most: number): Promise<number>;
  /** How long the run lasts already that this process has joined. */
  readonly begunMsAgo: number;
  /** Resolves once all that found the job over have written their figures, or after some seconds. */
  othersEnded(): Promise<void>;
  /** Hosts that may be given back now. */
  spare(now: number): readonly SpareHost[];
  /** All hosts of this process, for its end. */
  all(): readonly SpareHost[];
  /** Resolves once others can take these hosts. */
  giveBack(hosts: readonly GivenHost[]): Promise<void>;
}

export interface HostWatcher {
  /** The hosts belong to this process from now on. Of the sitemaps some may be known already. */
  taken(hosts: readonly LeasedHost[], unread: readonly Sitemap[]): void;
  /** They belong to others. What was requested of them is not written any more. */
  lost(hosts: readonly LeasedHost[]): void;
}

export interface LeasedHost {
  readonly host: string;
  readonly hostId: number;
}

export interface SpareHost extends LeasedHost {
  /** It has nothing to do; or it waits for a long time; or others have too little to do. */
  readonly why: 'idle' | 'waits' | 'surplus';
}

export interface GivenHost extends LeasedHost {
  /** What the next process must know of the host; null if the store knows all of it. */
  readonly note: HostNote | null;
  /** The steady time before which nobody need take it; `Infinity` leaves it for another run. */
  readonly openAt: number;
}

/** The share of a process that has the job for itself. */
export const WHOLE_JOB: JobShare = {
  has: () => true,
  want: () => {},
  watch: () => {},
  signal: () => null,
  lookAt: Number.POSITIVE_INFINITY,
  mayOthersFind: false,
  isOver: async () => true,
  reserve: async () => 0,
  begunMsAgo: 0,
  othersEnded: async () => {},
  spare: () => [],
  all: () => [],
  giveBack: async () => {},
};
