// The thread of a served job. It has the job's ledger and its table, so that no question holds up the requests of a
// crawl in the same process, or of another job.

import { parentPort, workerData } from 'node:worker_threads';
import { type AskedJob, type JobToServe, openJobToServe } from './answers/job-answers.ts';
import { type AskedOfJob, answerOf } from './answers/questions.ts';
import { failureOf, type SentFailure } from './failures.ts';

/** What the thread answers. */
export type Reply =
  | { readonly number: number; readonly value: unknown }
  | { readonly number: number; readonly failure: SentFailure };

let opened: Promise<AskedJob> | null = null;

parentPort!.on('message', async ({ number, ...asked }: AskedOfJob & { readonly number: number }) => {
  try {
    opened ??= openJobToServe(workerData as JobToServe);
    const job = await opened;
    if (asked.name === 'close') await job.close();
    const value = asked.name === 'close' ? null : await answerOf(job, asked);
    parentPort!.postMessage({ number, value } satisfies Reply);
  } catch (error) {
    // What could not be opened may be there later.
    if (opened !== null) await opened.catch(() => (opened = null));
    parentPort!.postMessage({ number, failure: failureOf(error) } satisfies Reply);
  }
});
