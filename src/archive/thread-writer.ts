// The archive's writer in a thread of its own, as the event loop of the crawl sees it. Exchanges go to the thread
// through a ring in shared memory; places come back in messages, many at once. It owns the thread and what the thread
// has not answered yet.

import type { ArchivePlace } from '../base/contracts.ts';
import { MachineError } from '../base/errors.ts';
import { ARCHIVE_RING_BYTES, EXCHANGES_A_NOTICE } from '../base/limits.ts';
import { onDemand } from '../base/on-demand.ts';
import { receivedError } from '../base/thread-error.ts';
import { threadFile } from '../base/thread-file.ts';
import type { ArchiveWriter } from './deposit.ts';
import { ringMemory, ringWriter } from './ring.ts';
import { entriesOf } from './ring-exchange.ts';
import { roomForThread } from './room-across.ts';
import type { WriterParts, WriterSettings, WriterState } from './warc-writer.ts';
import type { FromThread, PlacesInFile, ToThread } from './writer-thread.ts';

export interface ThreadWriter extends ArchiveWriter {
  /** Resolves when the thread runs; rejects if it could not be started. */
  readonly ready: Promise<void>;
  /** The thread goes on where another writer has stopped. Until then exchanges wait in the ring. */
  begin(state: WriterState): void;
  /** Rejects all that waits, now and later. */
  fail(error: unknown): void;
}

type Entry = readonly Uint8Array[];

/** An exchange that has no room in the ring yet, and its next entry. */
interface Waiting {
  entry: Entry | undefined;
  readonly rest: Iterator<Entry, undefined>;
}

const THREAD = threadFile('archive/writer-thread');
const threads = onDemand<typeof import('node:worker_threads')>('node:worker_threads');

export function createThreadWriter(settings: WriterSettings, { clock, room }: WriterParts): ThreadWriter {
  const memory = ringMemory(ARCHIVE_RING_BYTES);
  const ring = ringWriter(memory);
  const { Worker } = threads();
  const worker = new Worker(THREAD, { workerData: memory });
  const post = (message: ToThread): void => worker.postMessage(message);
  const lacks = roomForThread(room, post);
  const ready = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const answers = new Map<number, PromiseWithResolvers<ArchivePlace>>();
  const waiting: Waiting[] = [];
  let exchanges = 0;
  let untold = 0;
  let isClosing = false;
  let failure: unknown = null;

  const tell = (): void => {
    untold = 0;
    if (ring.takeReaderWaits()) post({ kind: 'more' });
  };
  /** The thread is told of many exchanges at once: when this turn of the event loop is over, or there are many. */
  const tellSoon = (): void => {
    untold += 1;
    if (untold === 1) clock.turn().then(tell);
    else if (untold === EXCHANGES_A_NOTICE) tell();
  };
  /** Puts into the ring what waits, as far as there is room. */
  const fill = (): void => {
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      for (; first.entry !== undefined; first.entry = first.rest.next().value) {
        if (ring.put(first.entry)) continue;
        ring.noteWaits();
        // The thread may have made room before it could see the note.
        if (!ring.put(first.entry)) return tell();
      }
      waiting.shift();
      tellSoon();
    }
    if (isClosing) post({ kind: 'close' });
  };
  const fail = (error: unknown): void => {
    failure ??= error;
    waiting.length = 0;
    for (const answer of answers.values()) answer.reject(failure);
    answers.clear();
    lacks.end(failure as Error);
    ready.reject(failure);
    closed.resolve();
  };
  const answer = (exchange: number): PromiseWithResolvers<ArchivePlace> => {
    const found = answers.get(exchange)!;
    answers.delete(exchange);
    return found;
  };
  const placed = ({ file, numbers }: PlacesInFile): void => {
    for (let at = 0; at < numbers.length; at += 3) {
      answer(numbers[at]!).resolve({ file, offset: numbers[at + 1]!, length: numbers[at + 2]! });
    }
  };

  worker.on('message', (message: FromThread) => {
    // A message may come after the news that its thread has died.
    if (failure !== null) return;
    if (message.kind === 'ready') ready.resolve();
    else if (message.kind === 'room') fill();
    else if (message.kind === 'places') message.places.forEach(placed);
    else if (message.kind === 'failed') answer(message.exchange).reject(receivedError(message.error));
    else if (message.kind === 'closed') {
      if (message.error === null) closed.resolve();
      else closed.reject(receivedError(message.error));
    } else lacks.told(message);
  });
  worker.on('error', (error: Error) => fail(ended(error.message, error)));
  worker.on('exit', (code) => fail(ended(`exit code ${code}`)));
  ready.promise.catch(() => {});

  return {
    ready: ready.promise,
    begin(state) {
      worker.postMessage(
        { kind: 'begin', settings, state } satisfies ToThread,
        state.file === null ? [] : [state.file.handle],
      );
    },
    append(deposit, body) {
      if (failure !== null) return Promise.reject(failure);
      const answer = Promise.withResolvers<ArchivePlace>();
      answers.set(exchanges, answer);
      exchanges += 1;
      const rest = entriesOf(deposit, body);
      waiting.push({ entry: rest.next().value, rest });
      if (waiting.length === 1) fill();
      return answer.promise;
    },
    fail,
    async close() {
      isClosing = true;
      if (failure === null) fill();
      try {
        await closed.promise;
      } finally {
        failure ??= new Error('the archive is closed');
        await worker.terminate();
      }
    },
  };
}

function ended(why: string, cause?: unknown): MachineError {
  const message = `the thread that writes the archive ended (${why}); run again to go on`;
  return new MachineError('disk', message, { cause });
}
