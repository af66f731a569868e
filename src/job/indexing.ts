// Fills the index behind a crawl (--index), in a thread with a low priority. What fails there never stops the crawl.

import { once } from 'node:events';
import { UsageError } from '../base/errors.ts';
import { onDemand } from '../base/on-demand.ts';
import { threadFile } from '../base/thread-file.ts';
import type { CrawlOptions } from '../options/options.ts';
import type { FromIndexThread, IndexedJob, ToIndexThread } from './index-thread.ts';

/** How the index ended: how many pages it has, or why it is not whole. */
export type IndexEnd = { readonly pages: number } | { readonly failure: string };

export interface Indexer {
  /** Waits until all pages are in the index, or until it was stopped. */
  finish(): Promise<void>;
  /** The user wants to end: what is missing is added by the next run, or by `gossamer index`. */
  stop(): void;
  /** Null before it ended. */
  readonly ended: IndexEnd | null;
}

const threads = onDemand<typeof import('node:worker_threads')>('node:worker_threads');

const THREAD = threadFile('job/index-thread');
const YOUNG_MB = 64;

/** Throws UsageError if there is nothing to make an index of. */
export function assertIndexable({ index, store, archive }: CrawlOptions): void {
  if (!index) return;
  if (store === 'memory:') throw new UsageError('--index needs a stored job, and --store memory: keeps nothing.');
  if (!archive) throw new UsageError('--index reads the pages from the archive, and --no-archive keeps none.');
}

/** Null without --index. */
export function startIndexer({ index, store, job }: CrawlOptions, folder: string): Indexer | null {
  if (!index) return null;
  const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MB };
  const { Worker } = threads();
  const worker = new Worker(THREAD, { workerData: { folder, store, job } satisfies IndexedJob, resourceLimits });
  let ended: IndexEnd | null = null;
  worker.on('message', (message: FromIndexThread) => {
    if ('error' in message) ended = { failure: message.error.message };
    else ended = message.pages === null ? { failure: 'it was stopped' } : { pages: message.pages };
  });
  worker.on('error', (error: Error) => {
    ended = { failure: error.message };
  });
  const exited = once(worker, 'exit').catch(() => {});
  const order = (what: ToIndexThread): void => worker.postMessage(what);
  let isStopped = false;
  return {
    async finish() {
      if (!isStopped) order('finish');
      await exited;
    },
    stop() {
      isStopped = true;
      order('stop');
    },
    get ended() {
      return ended;
    },
  };
}
