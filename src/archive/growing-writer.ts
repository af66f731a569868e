// Where the archive is written. A crawl begins on its own event loop, because starting a thread costs more than a small
// site does. Once it has many exchanges it moves to a thread, which goes on with the same file.

import type { ArchiveWriter } from './deposit.ts';
import { createThreadWriter, type ThreadWriter } from './thread-writer.ts';
import { createWarcWriter, type WriterParts, type WriterSettings } from './warc-writer.ts';

/** `onLoopMax` is the number of exchanges after which the writer moves to a thread. */
export function createGrowingWriter(settings: WriterSettings, parts: WriterParts, onLoopMax: number): ArchiveWriter {
  const onLoop = createWarcWriter(settings, parts);
  let writer: ArchiveWriter = onLoop;
  let exchanges = 0;
  let moved: Promise<void> | null = null;

  const move = async (): Promise<void> => {
    const thread = await startedThread(settings, parts);
    // If the system has no thread to give, the event loop goes on.
    if (thread === null) return;
    writer = thread;
    try {
      thread.begin(await onLoop.leave());
    } catch (error) {
      thread.fail(error);
      await onLoop.close();
    }
  };
  return {
    append(deposit, body) {
      exchanges += 1;
      if (exchanges > onLoopMax) moved ??= move();
      return writer.append(deposit, body);
    },
    async close() {
      await moved;
      await writer.close();
    },
  };
}

async function startedThread(settings: WriterSettings, parts: WriterParts): Promise<ThreadWriter | null> {
  try {
    const thread = createThreadWriter(settings, parts);
    await thread.ready;
    return thread;
  } catch {
    return null;
  }
}
