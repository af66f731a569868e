// Threads that do tasks of one kind. It owns the threads and their unfinished tasks. If a thread dies only its own
// tasks are lost.

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { TASK_BYTES_MAX, TASKS_A_THREAD_MAX } from '../base/limits.ts';
import { failureOfThread, receivedError, type SentError } from '../base/thread-error.ts';

export interface ThreadPool<T> extends AsyncDisposable {
  /**
   * Resolves when a thread has accepted the task, which is soon if the threads keep up. A task that brings much memory
   * waits for most of the others. `onEnd` receives null, or why the task failed.
   */
  give(task: T, transfer: readonly ArrayBuffer[], onEnd: (failure: Error | null) => void): Promise<void>;
  /** Resolves when all tasks have ended. */
  idle(): Promise<void>;
}

interface Thread {
  readonly worker: Worker;
  /** Callbacks in the order of the tasks, which is also the order of the answers. */
  readonly ends: ((failure: Error | null) => void)[];
}

/** V8 lets it grow to some 100 MB otherwise, and keeps it. */
const YOUNG_MB = 24;

/** `script` answers each message with null or the error, as `sentError` makes it. */
export function createThreadPool<T>(script: URL, count = availableParallelism()): ThreadPool<T> {
  const threads: Thread[] = [];
  const leaving = new Set<Promise<unknown>>();
  /** The memory that came with the unfinished tasks. */
  let heldBytes = 0;
  let change = Promise.withResolvers<void>();
  const changed = (): void => {
    change.resolve();
    change = Promise.withResolvers();
  };

  const start = (): Thread => {
    const thread: Thread = {
      worker: new Worker(script, { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } }),
      ends: [],
    };
    const { worker, ends } = thread;
    worker.on('message', (failure: SentError | null) => {
      ends.shift()!(failure === null ? null : receivedError(failure));
      changed();
    });
    worker.on('error', (error: Error) => {
      threads.splice(threads.indexOf(thread), 1);
      for (const end of ends.splice(0)) end(failureOfThread(error));
      changed();
    });
    threads.push(thread);
    return thread;
  };
  /** The heap of a thread stays as large as its largest task made it. */
  const retire = (thread: Thread): void => {
    threads.splice(threads.indexOf(thread), 1);
    leaving.add(thread.worker.terminate());
  };
  const freest = (): Thread | null => {
    const least = threads.toSorted((one, other) => one.ends.length - other.ends.length)[0];
    if (threads.length < count && (least?.ends.length ?? 1) > 0) return start();
    return least !== undefined && least.ends.length < TASKS_A_THREAD_MAX ? least : null;
  };

  return {
    async give(task, transfer, onEnd) {
      const bytes = transfer.reduce((sum, { byteLength }) => sum + byteLength, 0);
      while (heldBytes > 0 && heldBytes + bytes > TASK_BYTES_MAX) await change.promise;
      let thread = freest();
      for (; thread === null; thread = freest()) await change.promise;
      heldBytes += bytes;
      const own = thread;
      own.ends.push((failure) => {
        heldBytes -= bytes;
        onEnd(failure);
        if (bytes > TASK_BYTES_MAX && threads.includes(own)) retire(own);
      });
      thread.worker.postMessage(task, transfer);
    },
    async idle() {
      while (threads.some(({ ends }) => ends.length > 0)) await change.promise;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...leaving, ...threads.map(({ worker }) => worker.terminate())]);
    },
  };
}
