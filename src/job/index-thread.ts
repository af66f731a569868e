// The thread that fills the index behind a crawl. It follows the store by itself, so the crawl tells it nothing while
// it runs: a pass over the rows begins when many more are done than at the last one. The other side is indexing.ts.

import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../base/clock.ts';
import { INDEX_PASS_GROWTH, INDEX_PASS_ROWS_MIN } from '../base/limits.ts';
import { type SentError, sentError } from '../base/thread-error.ts';
import { type Indexing, openIndexing } from '../search/index-job.ts';
import { jobLocation } from '../store/location.ts';
import { contentsOf, holdingsOf } from './open-contents.ts';

export interface IndexedJob {
  readonly folder: string;
  readonly store: string | null;
  /** The job's name in a database. */
  readonly job: string | null;
}

/** `finish`: the crawl is over, and what is left should be indexed. `stop`: end at once. */
export type ToIndexThread = 'finish' | 'stop';

/** How many pages the index has; null if it was stopped. */
export type FromIndexThread = { readonly pages: number | null } | { readonly error: SentError };

const LOOK_MS = 1_000;

async function follow({ folder, store, job }: IndexedJob): Promise<number | null> {
  const orders = obeyOrders();
  const ledger = await jobLocation(folder, store, job).read();
  try {
    await using indexing = await openIndexing(folder, ledger, contentsOf(holdingsOf(folder, ledger), ledger));
    await passBehind(indexing, async () => (await ledger.job.counts()).done, orders);
    if (orders.is('stop')) return null;
    await indexing.pass(() => !orders.is('stop'));
    return orders.is('stop') ? null : await indexing.end();
  } finally {
    await ledger.close();
  }
}

/** Follows the crawl until an order comes. */
async function passBehind(indexing: Indexing, countDone: () => Promise<number>, orders: Orders): Promise<void> {
  let wanted = 1;
  while (!orders.isGiven()) {
    const done = await countDone();
    if (done >= wanted) {
      await indexing.pass(() => !orders.isGiven());
      wanted = Math.max(done * INDEX_PASS_GROWTH, done + INDEX_PASS_ROWS_MIN);
    }
    await orders.orAfter(LOOK_MS);
  }
}

interface Orders {
  isGiven(): boolean;
  is(order: ToIndexThread): boolean;
  /** Resolves when an order comes, or after a time. */
  orAfter(ms: number): Promise<void>;
}

function obeyOrders(): Orders {
  let last: ToIndexThread | null = null;
  let wake = (): void => {};
  parentPort!.on('message', (order: ToIndexThread) => {
    last = order;
    wake();
  });
  return {
    isGiven: () => last !== null,
    is: (order) => last === order,
    orAfter: (ms) =>
      new Promise((resolve) => {
        if (last !== null) return resolve();
        const timer = systemClock.after(ms, resolve);
        wake = () => {
          timer.cancel();
          resolve();
        };
      }),
  };
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
