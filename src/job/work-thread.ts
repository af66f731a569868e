// The thread that works on all of a stored job at the word of a command: it fills the index, or makes an export that
// reads a page or writes a group of rows at once. The other side is in thread-work.ts.

import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../base/clock.ts';
import type { Contents } from '../base/contents.ts';
import type { Ledger } from '../base/contracts.ts';
import { type SentError, sentError } from '../base/thread-error.ts';
import { indexJob } from '../search/index-job.ts';
import { jobLocation } from '../store/location.ts';
import { exportMirror } from '../views/mirror/mirror.ts';
import { exportParquet } from '../views/tables/parquet.ts';
import { contentsOf, holdingsOf } from './open-contents.ts';

export interface WorkedJob {
  readonly folder: string;
  /** The URL of the database that has its rows; null if they are in its folder. */
  readonly store: string | null;
}

export interface Task extends WorkedJob {
  readonly work: keyof Works;
  /** The folder for the files of a mirror. */
  readonly output: string;
}

/** How many rows were looked at, and whether an index of another version is made again. */
export interface IndexProgress {
  readonly rows: number;
  readonly isRenewed: boolean;
}

export type FromWorkThread = IndexProgress | { readonly done: unknown } | { readonly error: SentError };

interface Opened {
  readonly folder: string;
  readonly output: string;
  readonly ledger: Ledger;
  readonly contents: Contents;
}

const WORKS = {
  index: ({ folder, ledger, contents }: Opened) => indexJob(folder, ledger, contents, tellProgress, stopped.signal),
  mirror: ({ ledger, contents, output }: Opened) => exportMirror(ledger, contents, output),
  /** What it writes comes out of the thread by its own stdout. */
  parquet: ({ ledger }: Opened) => exportParquet(ledger, process.stdout),
} as const;

export type Works = typeof WORKS;

const TOLD_EVERY_MS = 50;

const stopped = new AbortController();
const post = (message: FromWorkThread): void => parentPort!.postMessage(message);
let toldAt = Number.NEGATIVE_INFINITY;

function tellProgress(rows: number, isRenewed: boolean): void {
  const now = systemClock.now();
  if (now - toldAt < TOLD_EVERY_MS) return;
  toldAt = now;
  post({ rows, isRenewed });
}

async function work({ folder, store, work, output }: Task): Promise<unknown> {
  const ledger = await jobLocation(folder, store).read();
  try {
    return await WORKS[work]({ folder, output, ledger, contents: contentsOf(holdingsOf(folder, ledger), ledger) });
  } finally {
    await ledger.close();
  }
}

// Any message means to stop.
parentPort!.once('message', () => stopped.abort());
work(workerData as Task)
  .then(
    (done) => post({ done }),
    (error) => post({ error: sentError(error) }),
  )
  .finally(() => parentPort!.close());
