// The thread of a served job. It has the job's ledger and its table, so that no question holds up the requests of a
// crawl in the same process, or of another job.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../base/clock.ts';
import { STORE_FILE } from '../store/location.ts';
import { type AskedJob, type JobToServe, openJobToServe } from './answers/job-answers.ts';
import { type AskedOfJob, answerOf } from './answers/questions.ts';
import { failureOf, type SentFailure } from './failures.ts';

/** What the thread answers. */
export type Reply =
  | { readonly number: number; readonly value: unknown }
  | { readonly number: number; readonly failure: SentFailure };

const { folder } = workerData as JobToServe;
/** Questions to a job that was thrown away may still be answered for so long. */
const LINGER_MS = 10_000;

let opened: { readonly job: Promise<AskedJob>; readonly of: string } | null = null;

/** Tells the database in the folder from one that took its place. Empty if it is on a server. */
function databaseNow(): string {
  const stats = statSync(join(folder, STORE_FILE), { throwIfNoEntry: false });
  return stats === undefined ? '' : `${stats.dev} ${stats.ino}`;
}

/** A job that was thrown away and begun anew (--fresh) is opened again. */
function jobNow(): Promise<AskedJob> {
  const of = databaseNow();
  if (opened?.of === of) return opened.job;
  const before = opened?.job;
  if (before !== undefined)
    systemClock.after(LINGER_MS, () => void before.then(({ close }) => close()).catch(() => {}));
  const job = openJobToServe(workerData as JobToServe);
  opened = { job, of };
  return job;
}

parentPort!.on('message', async ({ number, ...asked }: AskedOfJob & { readonly number: number }) => {
  try {
    const job = await (asked.name === 'close' && opened !== null ? opened.job : jobNow());
    if (asked.name === 'close') await job.close();
    const value = asked.name === 'close' ? null : await answerOf(job, asked);
    parentPort!.postMessage({ number, value } satisfies Reply);
  } catch (error) {
    // What could not be opened may be there later.
    if (opened !== null) await opened.job.catch(() => (opened = null));
    parentPort!.postMessage({ number, failure: failureOf(error) } satisfies Reply);
  }
});
