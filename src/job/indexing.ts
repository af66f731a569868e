// Fills the index behind a crawl (--index), in a thread with a low priority. It works only while the event loop of the
// crawl has time, because a priority alone does not help: the threads share caches, memory, and V8's own threads. What
// fails there never stops the crawl.

import { once } from 'node:events';
import { type Clock, watchLoop } from '../base/clock.ts';
import { UsageError } from '../base/errors.ts';
import { INDEX_BUSY_SHARE_MAX, INDEX_LOOK_MS } from '../base/limits.ts';
import { onDemand } from '../base/on-demand.ts';
import { failureOfThread } from '../base/thread-error.ts';
import { threadFile } from '../base/thread-file.ts';
import type { CrawlOptions } from '../options/options.ts';
import { giveOrders } from './index-orders.ts';
import type { FromIndexThread, IndexedJob } from './index-thread.ts';

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

/** Null without --index. `busyShare` is a parameter for tests. */
export function startIndexer(
  { index, store, job }: Pick<CrawlOptions, 'index' | 'store' | 'job'>,
  folder: string,
  clock: Pick<Clock, 'every'>,
  busyShare?: () => number,
): Indexer | null {
  if (!index) return null;
  const busy = busyShare ?? watchLoop();
  const orders = giveOrders();
  let ended: IndexEnd | null = null;
  let exited: Promise<unknown> | null = null;
  const start = (): Promise<unknown> => {
    const workerData: IndexedJob = { folder, store, job, orders: orders.memory };
    const worker = new (threads().Worker)(THREAD, {
      workerData,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    worker.on('message', (message: FromIndexThread) => {
      if ('error' in message) ended = { failure: message.error.message };
      else ended = message.pages === null ? STOPPED : { pages: message.pages };
    });
    worker.on('error', (error: Error) => {
      ended = { failure: failureOfThread(error).message };
    });
    return once(worker, 'exit').catch(() => {});
  };
  const looks = clock.every(INDEX_LOOK_MS, () => {
    const isIdle = busy() < INDEX_BUSY_SHARE_MAX;
    orders.spare(isIdle);
    if (isIdle) exited ??= start();
  });
  let isStopped = false;
  return {
    async finish() {
      looks.cancel();
      if (!isStopped) {
        orders.finish();
        exited ??= start();
      }
      await exited;
    },
    stop() {
      looks.cancel();
      isStopped = true;
      orders.stop();
      if (exited === null) ended ??= STOPPED;
    },
    get ended() {
      return ended;
    },
  };
}

const STOPPED: IndexEnd = { failure: 'it was stopped' };
