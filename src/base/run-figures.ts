// The figures of a run and of the processes that work on it, and the summary made of them.

import type { STOPPED_BY } from './errors.ts';
import type { Lateness } from './lateness.ts';

/** What a crawl waits for. */
export interface Waiting {
  /** The host, or `this machine`. */
  readonly host: string;
  /** In wall milliseconds; null if it is left for a later run. */
  readonly until: number | null;
  /** Empty if there is nothing to say. */
  readonly why: string;
}

export interface RunFigures {
  readonly startedAt: number;
  readonly updatedAt: number;
  readonly endedAt: number | null;
  /** How long the run took so far, independent of changes to the clock. */
  readonly elapsedMs: number;
  readonly stoppedBy: StoppedBy;
  readonly requests: number;
  readonly bytes: number;
  /** Requests on the wire at the last update. */
  readonly inFlight: number;
  readonly peakInFlight: number;
  readonly loopLate: Lateness | null;
  /** The product tokens that robots.txt was matched with, as `agentsIn` of `src/url/host-agents.ts` reads them. */
  readonly agent: string;
  readonly waitingFor: Waiting | null;
  readonly hosts: readonly HostFigures[];
}

/** One of several processes that work on a job, or did. Times are in wall milliseconds. */
export interface WorkerFigures {
  readonly name: string;
  readonly machine: string;
  readonly pid: number;
  /** When its run began, as in the names of its archive files. */
  readonly startedAt: number;
  /** Its last sign of life. */
  readonly seenAt: number;
  readonly isAtWork: boolean;
  /** It may add to its archive files, or the database may still commit rows of them. */
  readonly mayWrite: boolean;
  /** Its run ended by itself, and all that it wrote is settled. */
  readonly hasEnded: boolean;
  readonly hosts: number;
  readonly pages: number;
  readonly pagesPerSecond: number;
}

export interface Counts {
  readonly queued: number;
  readonly leased: number;
  readonly done: number;
  readonly failed: number;
  readonly skipped: number;
}

export type StoppedBy = null | (typeof STOPPED_BY)[number];

export interface HostFigures {
  readonly host: string;
  readonly inFlight: number;
  /** The most requests in flight; null if this run has not asked the host. */
  readonly limit: number | null;
  /** The median time to the first byte; null if no answer came. */
  readonly latencyMs: number | null;
  readonly heldUntil: number | null;
  readonly why: string | null;
}

/** What `crawl --json` and `status --json` print. */
export interface Summary {
  readonly job: string;
  readonly state: 'finished' | 'unfinished';
  readonly stoppedBy: StoppedBy;
  readonly urls: Counts;
  readonly requests: number;
  readonly bytes: number;
  readonly elapsedMs: number;
  /** The most requests on the wire at once, including robots.txt. */
  readonly peakInFlight: number;
  /** How late the event loop was in the worst run; null if that is not known. */
  readonly loopLate: Lateness | null;
  /** Null if the crawl waits for nothing, or that is not known. */
  readonly waitingFor: Waiting | null;
  /** The 100 busiest hosts of those that were asked for something. */
  readonly hosts: readonly HostFigures[];
  /** The processes at work, where there may be several. */
  readonly workers?: readonly WorkerSummary[];
}

export type WorkerSummary = Pick<WorkerFigures, 'name' | 'machine' | 'hosts' | 'pagesPerSecond' | 'seenAt'>;
