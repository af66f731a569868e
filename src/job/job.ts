// A job is one crawl with its folder. Opening a job locks it, and starting an existing job resumes it.

import { join } from 'node:path';
import { archiveNames } from '../archive/recover.ts';
import type { Clock } from '../base/clock.ts';
import type { JobIdentity } from '../base/contracts.ts';
import { JobError } from '../base/errors.ts';
import { removeTree } from '../base/remove.ts';
import { createRoom, type Room } from '../base/room.ts';
import { settingsOf } from '../options/job-settings.ts';
import { type CrawlOptions, jobFolder } from '../options/options.ts';
import { asRefused } from '../store/folder.ts';
import { type JobLocation, jobLocation } from '../store/location.ts';
import { openStore } from '../store/sqlite/store.ts';
import type { Store } from '../store/store.ts';
import { KEY_RULES } from '../url/parameters.ts';
import { assertFree, OWN_FOLDERS } from './own-files.ts';

export interface Job {
  /** Empty for a job in memory. */
  readonly folder: string;
  readonly store: Store;
  /** When the run began, in wall time. Its row and the names of its archive files contain this time. */
  readonly openedAt: number;
  /** Waits until the machine has what is missing, for example disk space. */
  readonly room: Room;
  close(): Promise<void>;
}

/**
 * Opens or creates the job that the options name and passes it to `start`, which closes it when the run is over. If
 * `start` fails the job is closed here. Throws UsageError if the folder cannot be created; JobError if the job is
 * locked, unreadable, newer or another job; and MachineError.
 */
export async function inJob<T>(
  options: CrawlOptions,
  world: { readonly clock: Clock; openJob(options: CrawlOptions, clock: Clock): Promise<Job> },
  start: (job: Job) => Promise<T>,
): Promise<T> {
  try {
    const job = await world.openJob(options, world.clock);
    try {
      return await start(job);
    } catch (error) {
      await job.close().catch(() => {});
      throw error;
    }
  } catch (error) {
    throw asRefused(jobFolder(options), error);
  }
}

/** Opens or creates the job that the options name, and locks it; `locate` finds the location of its folder. */
export async function openJob(options: CrawlOptions, clock: Clock, locate = jobLocation): Promise<Job> {
  const identity = identityOf(options);
  const room = createRoom(clock);
  const openedAt = Math.round(clock.wall());
  const { worker, leaseMs } = options;
  const opened = { identity, now: openedAt, clock, room, worker, leaseMs, settings: settingsOf(options) };
  if (options.store === 'memory:') {
    const store = await openStore(':memory:', opened);
    return { folder: '', store, openedAt, room, close: () => store.frontier.close() };
  }
  const folder = jobFolder(options);
  assertFree(folder);
  const location = locate(folder, options.store, options.job);
  const lock = await location.claim();
  try {
    if (options.fresh) {
      await location.remove();
      for (const name of OWN_FOLDERS) removeTree(join(folder, name));
    }
    await assertNoOrphans(folder, location);
    const store = await location.open(opened);
    const close = async (): Promise<void> => {
      try {
        await store.frontier.close();
      } finally {
        await lock[Symbol.asyncDispose]();
      }
    };
    return { folder, store, openedAt, room, close };
  } catch (error) {
    await lock[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Refuses an archive without its store. A new store knows no record, and recovery cuts off what no row points to, so
 * the whole archive would be deleted.
 */
async function assertNoOrphans(folder: string, location: JobLocation): Promise<void> {
  if ((await location.exists()) || archiveNames(folder).length === 0) return;
  const message = `${folder} has an archive whose ${location.storeName} is gone; nothing was changed. Use -o for another folder, or --fresh`;
  throw new JobError('unreadable', message);
}

/** Jobs with the same identity are the same job. */
export function identityOf(options: CrawlOptions): JobIdentity {
  const scope = options.strict ? `${options.scope} strict` : options.scope;
  const { roots, include, exclude, depth, pageRequisites, keepParameters } = options;
  return { roots, scope, include, exclude, depth, pageRequisites, keepParameters, keyRules: KEY_RULES };
}
