// The thread that fills the index behind a crawl. It follows the store by itself, so the crawl tells it only whether
// there is time: a pass over the rows begins when many more are done than at the last one. The other side is in
// indexing.ts.

import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { INDEX_PASS_GROWTH, INDEX_PASS_ROWS_MIN } from '../base/limits.ts';
import { type SentError, sentError } from '../base/thread-error.ts';
import { type Indexing, openIndexing } from '../search/index-job.ts';
import { jobLocation } from '../store/location.ts';
import { type ObeyedOrders, obeyOrders } from './index-orders.ts';
import { contentsOf, holdingsOf } from './open-contents.ts';

export interface IndexedJob {
  readonly folder: string;
  readonly store: string | null;
  /** The job's name in a database. */
  readonly job: string | null;
  /** The memory of its orders. */
  readonly orders: SharedArrayBuffer;
}

/** How many pages the index has; null if it was stopped. */
export type FromIndexThread = { readonly pages: number | null } | { readonly error: SentError };

const LOOK_MS = 1_000;

async function follow({ folder, store, job, orders: memory }: IndexedJob): Promise<number | null> {
  const orders = obeyOrders(memory);
  const ledger = await jobLocation(folder, store, job).read();
  try {
    await using indexing = await openIndexing(folder, ledger, contentsOf(holdingsOf(folder, ledger), ledger));
    await passBehind(indexing, async () => (await ledger.job.counts()).done, orders);
    await indexing.pass(() => !orders.isStopped());
    return orders.isStopped() ? null : await indexing.end();
  } finally {
    await ledger.close();
  }
}

/** Follows the crawl until it is over. */
async function passBehind(indexing: Indexing, countDone: () => Promise<number>, orders: ObeyedOrders): Promise<void> {
  let wanted = 1;
  while (orders.isCrawling()) {
    const done = await countDone();
    if (done >= wanted) {
      await indexing.pass(() => orders.isCrawling(), orders);
      wanted = Math.max(done * INDEX_PASS_GROWTH, done + INDEX_PASS_ROWS_MIN);
    }
    orders.pause(LOOK_MS);
    orders.wait();
  }
}

/** The crawl goes first. Only Linux has a priority for each thread; elsewhere it would be that of the process. */
function giveWay(): void {
  try {
    if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW);
  } catch {
    // A sandbox may forbid it.
  }
}

giveWay();
const post = (message: FromIndexThread): void => parentPort!.postMessage(message);
follow(workerData as IndexedJob)
  .then(
    (pages) => post({ pages }),
    (error) => post({ error: sentError(error) }),
  )
  .finally(() => parentPort!.close());
