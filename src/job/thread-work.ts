// Has a thread work on all of a stored job for a command. SQLite writes an index, pages are rewritten and groups of
// rows are packed without a pause, and meanwhile the event loop of the command must go on.

import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { onDemand } from '../base/on-demand.ts';
import { failureOfThread, receivedError } from '../base/thread-error.ts';
import { threadFile } from '../base/thread-file.ts';
import type { IndexingSummary } from '../search/index-job.ts';
import type { MirrorSummary } from '../views/mirror/mirror.ts';
import type { ParquetSummary } from '../views/tables/parquet.ts';
import type { FromWorkThread, Task, WorkedJob, Works } from './work-thread.ts';

export type { WorkedJob } from './work-thread.ts';

const threads = onDemand<typeof import('node:worker_threads')>('node:worker_threads');

const THREAD = threadFile('job/work-thread');
/** What V8's young generation takes at most; it would grow to some 100 MB otherwise, and keep it. */
const YOUNG_MB: Readonly<Record<keyof Works, number>> = { index: 24, mirror: 4, parquet: 12 };

/**
 * Fills the index as `indexJob` does. `onRows` is called now and then. When `signal` is aborted, it ends early and what
 * was added stays.
 */
export function indexInThread(
  job: WorkedJob,
  onRows: (rows: number, isRenewed: boolean) => void = () => {},
  signal: AbortSignal | null = null,
): Promise<IndexingSummary> {
  return workOn('index', job, { onRows, signal });
}

/** Writes what `exportMirror` writes. */
export function mirrorInThread(job: WorkedJob, folder: string): Promise<MirrorSummary> {
  return workOn('mirror', job, { output: folder });
}

/** Writes what `exportParquet` writes to `out`, and leaves it open. */
export function parquetInThread(job: WorkedJob, out: Writable): Promise<ParquetSummary> {
  return workOn('parquet', job, { out });
}

type Done<Name extends keyof Works> = Awaited<ReturnType<Works[Name]>>;

interface Ways {
  readonly output?: string;
  /** Takes what the thread writes to its stdout. */
  readonly out?: Writable;
  readonly onRows?: (rows: number, isRenewed: boolean) => void;
  readonly signal?: AbortSignal | null;
}

async function workOn<Name extends keyof Works>(
  work: Name,
  { folder, store }: WorkedJob,
  { output = '', out, onRows = () => {}, signal = null }: Ways,
): Promise<Done<Name>> {
  const workerData: Task = { work, folder, store, output };
  const worker = new (threads().Worker)(THREAD, {
    workerData,
    stdout: out !== undefined,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB[work] },
  });
  const stop = (): void => worker.postMessage(null);
  if (signal?.aborted === true) stop();
  signal?.addEventListener('abort', stop, { once: true });
  const ended = new Promise<unknown>((resolve, reject) => {
    worker.on('message', (message: FromWorkThread) => {
      if ('rows' in message) onRows(message.rows, message.isRenewed);
      else if ('done' in message) resolve(message.done);
      else reject(receivedError(message.error));
    });
    worker.on('error', (error: Error) => reject(failureOfThread(error)));
    worker.on('exit', () => reject(new Error('a thread ended before its work')));
  });
  try {
    const written = out === undefined ? null : pipeline(worker.stdout, out, { end: false });
    const [done] = await Promise.all([ended, written]);
    return done as Done<Name>;
  } finally {
    signal?.removeEventListener('abort', stop);
    await worker.terminate();
  }
}
