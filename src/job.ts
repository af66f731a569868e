// A job is one crawl with its folder: opening it takes its lock, and starting is resuming.

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from './base/clock.ts';
import type { JobIdentity } from './base/contracts.ts';
import { type CrawlOptions, jobFolder } from './options.ts';
import { lockJob } from './store/lock.ts';
import { openStore, type Store } from './store/store.ts';

export interface Job {
  /** Empty for a job in memory. */
  readonly folder: string;
  readonly store: Store;
  close(): Promise<void>;
}

/** What `--fresh` throws away; the lock is held meanwhile. */
const OWNED = ['gossamer.db', 'gossamer.db-wal', 'gossamer.db-shm', 'archive', 'indexes', 'logs'];

/** Opens or makes the job that the options name. Throws JobError where it is locked, unreadable, newer or another job. */
export async function openJob(options: CrawlOptions, clock: Clock): Promise<Job> {
  const identity = identityOf(options);
  const opened = { identity, now: clock.wall(), clock };
  if (options.store === 'memory:') {
    const store = await openStore(':memory:', opened);
    return { folder: '', store, close: () => store.frontier.close() };
  }
  const folder = jobFolder(options);
  mkdirSync(folder, { recursive: true });
  const lock = lockJob(folder);
  try {
    if (options.fresh) for (const name of OWNED) rmSync(join(folder, name), { recursive: true, force: true });
    const store = await openStore(join(folder, 'gossamer.db'), opened);
    const close = async (): Promise<void> => {
      await store.frontier.close();
      lock[Symbol.dispose]();
    };
    return { folder, store, close };
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

function identityOf(options: CrawlOptions): JobIdentity {
  const scope = options.strict ? `${options.scope} strict` : options.scope;
  const { roots, include, exclude, depth, pageRequisites, keepParameters } = options;
  return { roots, scope, include, exclude, depth, pageRequisites, keepParameters };
}
