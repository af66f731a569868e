// The threads of the served jobs. A thread is started when its job is asked for something; the one that was asked
// longest ago ends when there are too many.

import type { Worker } from 'node:worker_threads';
import { JOBS_OPEN_MAX } from '../base/limits-of-serving.ts';
import { onDemand } from '../base/on-demand.ts';
import { failureOfThread } from '../base/thread-error.ts';
import { threadFile } from '../base/thread-file.ts';
import type { JobToServe } from './answers/job-answers.ts';
import { ApiError } from './failures.ts';
import type { Reply } from './job-thread.ts';
import type { QueryFields } from './parameters.ts';

const workers = onDemand<typeof import('node:worker_threads')>('node:worker_threads');

export interface JobThreads extends AsyncDisposable {
  /** Asks the thread of a job. Rejects with ApiError. */
  ask<T>(job: JobToServe, name: string, query?: QueryFields): Promise<T>;
}

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, PromiseWithResolvers<unknown>>;
}

export function createJobThreads(): JobThreads {
  /** By the id of the job; those that were asked longest ago come first. */
  const threads = new Map<string, Thread>();
  let number = 0;

  const start = (job: JobToServe): Thread => {
    const { Worker } = workers();
    const worker = new Worker(threadFile('serve/job-thread'), { workerData: job });
    const thread: Thread = { worker, waiting: new Map() };
    const { waiting } = thread;
    worker.on('message', (reply: Reply) => {
      const asked = waiting.get(reply.number);
      waiting.delete(reply.number);
      if ('value' in reply) asked?.resolve(reply.value);
      else {
        const { status, code, message, at } = reply.failure;
        asked?.reject(new ApiError(status, code, message, at));
      }
    });
    worker.on('error', (error: Error) => {
      if (threads.get(job.id) === thread) threads.delete(job.id);
      for (const { reject } of waiting.values()) reject(new ApiError(500, 'failed', failureOfThread(error).message));
      waiting.clear();
    });
    // Who serves waits for requests, not for this.
    worker.unref();
    return thread;
  };
  const send = <T>({ worker, waiting }: Thread, name: string, query: QueryFields): Promise<T> => {
    const answer = Promise.withResolvers<unknown>();
    number += 1;
    waiting.set(number, answer);
    worker.postMessage({ number, name, query });
    return answer.promise as Promise<T>;
  };
  const end = async (thread: Thread): Promise<void> => {
    await send(thread, 'close', {}).catch(() => {});
    await thread.worker.terminate();
  };
  const endIdle = (): void => {
    for (const [id, thread] of threads) {
      if (threads.size <= JOBS_OPEN_MAX) return;
      if (thread.waiting.size > 0) continue;
      threads.delete(id);
      void end(thread);
    }
  };
  return {
    ask(job, name, query = {}) {
      const thread = threads.get(job.id) ?? start(job);
      threads.delete(job.id);
      threads.set(job.id, thread);
      endIdle();
      return send(thread, name, query);
    },
    async [Symbol.asyncDispose]() {
      const all = [...threads.values()];
      threads.clear();
      await Promise.all(all.map(end));
    },
  };
}
