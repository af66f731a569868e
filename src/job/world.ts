// Everything outside of a crawl: time, the web, its job, its archive, its machine. A test or a simulator passes a world
// of its own and still runs the real crawl.

import type { BodyBudget } from '../base/body-budget.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import type { Archive } from '../base/contracts.ts';
import { watchLag } from '../base/lag.ts';
import type { Lateness } from '../base/lateness.ts';
import { version } from '../base/version.ts';
import type { Fetcher } from '../fetch/fetch.ts';
import type { CrawlOptions } from '../options/options.ts';
import { openArchive } from './archiving.ts';
import { type FetcherParts, makeFetcher } from './client.ts';
import { type Job, openJob } from './job.ts';
import { watchMemory } from './memory.ts';

export interface World {
  readonly clock: Clock;
  /** Opens the job for this process alone. Throws UsageError, JobError and MachineError. */
  openJob(options: CrawlOptions, clock: Clock): Promise<Job>;
  openFetch(
    options: CrawlOptions,
    parts: FetcherParts,
  ): Promise<Pick<Fetcher, 'receive' | 'decode' | 'recycle' | 'close'>>;
  openArchive(options: CrawlOptions, job: Job, clock: Clock): Promise<Archive>;
  watchMachine(options: CrawlOptions, clock: Clock, budget: BodyBudget): Machine;
  /** How many hosts may be in memory, if not as many as usual. */
  readonly hostsMost?: number;
}

/** The state of this machine and this process. */
export interface Machine {
  /** By how many milliseconds the event loop is late. */
  readonly lagMs: () => number;
  /** The event loop should have come round by now. */
  readonly isOverdue: () => boolean;
  /** How late the event loop was in this run. */
  readonly lateness: () => Lateness;
  /** Memory was short at the last `look`. */
  readonly isTight: boolean;
  look(): void;
  stop(): void;
}

export const SYSTEM: World = {
  clock: systemClock,
  openJob,
  openFetch: (options, parts) => makeFetcher(options, options.roots, parts),
  openArchive: (options, job, clock) => openArchive(options, job, version, clock),
  watchMachine(options, clock, budget) {
    const lag = watchLag(clock);
    const memory = watchMemory(budget, options);
    return {
      lagMs: lag.ms,
      isOverdue: lag.isOverdue,
      lateness: lag.lateness,
      get isTight() {
        return memory.isTight;
      },
      look: memory.look,
      stop: lag.stop,
    };
  },
};
