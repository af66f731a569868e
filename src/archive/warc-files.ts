// The files of an archive. It owns the one that is being written: pieces go to its end in the order in which they were given, are
// synced in groups, and only then is anybody told where they are. A file that is full is closed, and the next one begun.

import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { ArchivePlace } from '../base/contracts.ts';
import { MachineError } from '../base/errors.ts';
import { DISK_FULL_PAUSE_MS, WRITE_GROUP_BYTES_MAX } from '../base/limits.ts';

export interface WarcFiles {
  /** Writes the pieces one behind the other; resolves with the place of the last one, once it is on disk. */
  append(pieces: readonly Piece[]): Promise<ArchivePlace>;
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** A record as it is written; a function gives one that is too long for memory, once. */
export type Piece = Buffer | Promise<Buffer> | (() => AsyncIterable<Buffer>);

export interface WarcFilesOptions {
  /** The job's folder; the files are in `archive/` there. */
  readonly folder: string;
  /** The name of the next file, without a folder. */
  readonly nextName: () => string;
  /** What a file begins with. */
  readonly preamble: (name: string) => Buffer | Promise<Buffer>;
  readonly clock: Clock;
  /** A longer file is closed, and the next one begun. */
  readonly fileBytesMax: number;
  /** How long a full disk is waited for. */
  readonly fullPatienceMs: number;
  /** Called with a file that is complete; it is closed by then. */
  readonly onClosed: (name: string) => Promise<void>;
  /** Told when the disk is full, and when it is not any more. */
  readonly onFull: (isFull: boolean) => void;
}

interface Job {
  readonly pieces: readonly Piece[];
  readonly written: PromiseWithResolvers<ArchivePlace>;
}

export const ARCHIVE_FOLDER = 'archive';

export function createWarcFiles(options: WarcFilesOptions): WarcFiles {
  const waiting: Job[] = [];
  let file: { readonly name: string; readonly handle: FileHandle; end: number } | null = null;
  let writing: Promise<void> = Promise.resolve();
  let isWriting = false;
  let failure: unknown = null;
  /** Jobs whose bytes are being written. */
  let group: { readonly job: Job; readonly place: ArchivePlace }[] = [];

  const openNext = async (): Promise<NonNullable<typeof file>> => {
    const name = `${ARCHIVE_FOLDER}/${options.nextName()}`;
    await mkdir(join(options.folder, ARCHIVE_FOLDER), { recursive: true });
    const handle = await open(join(options.folder, name), 'wx');
    // A new file is durable once its name is.
    const folder = await open(join(options.folder, ARCHIVE_FOLDER), 'r');
    await folder.sync();
    await folder.close();
    const preamble = await options.preamble(name.slice(ARCHIVE_FOLDER.length + 1));
    await writeAll(handle, preamble, 0, options);
    return { name, handle, end: preamble.length };
  };

  /** One group: what waits, up to some megabytes; written in one go and synced once. */
  const writeGroup = async (): Promise<void> => {
    file ??= await openNext();
    group = [];
    const bytes: Buffer[] = [];
    let end = file.end;
    const { handle, name } = file;
    const from = file.end;
    let written = from;
    const write = async (): Promise<void> => {
      await writeAll(handle, bytes.length === 1 ? bytes[0]! : Buffer.concat(bytes), written, options);
      bytes.length = 0;
      written = end;
    };
    while (waiting.length > 0 && end - from < WRITE_GROUP_BYTES_MAX) {
      const job = waiting[0]!;
      let place: ArchivePlace = { file: name, offset: end, length: 0 };
      for (const piece of job.pieces) {
        const offset = end;
        if (typeof piece !== 'function') {
          bytes.push(piece instanceof Promise ? await piece : piece);
          end += bytes.at(-1)!.length;
        } else {
          await write();
          for await (const part of piece()) {
            bytes.push(part);
            end += part.length;
            await write();
          }
        }
        place = { file: name, offset, length: end - offset };
      }
      waiting.shift();
      group.push({ job, place });
    }
    await write();
    await file.handle.datasync().catch(asDiskError);
    file.end = end;
    for (const { job, place } of group) job.written.resolve(place);
    group = [];
    if (end >= options.fileBytesMax) await closeFile();
  };

  const closeFile = async (): Promise<void> => {
    const closing = file;
    file = null;
    if (closing === null) return;
    await closing.handle.close();
    await options.onClosed(closing.name);
  };

  const writeAllGroups = async (): Promise<void> => {
    isWriting = true;
    try {
      while (waiting.length > 0) await writeGroup();
    } catch (error) {
      failure = error;
      for (const job of [...group.map(({ job }) => job), ...waiting.splice(0)]) job.written.reject(error);
      throw error;
    } finally {
      isWriting = false;
    }
  };

  return {
    append(pieces) {
      if (failure !== null) return Promise.reject(failure);
      // It is looked at when its turn comes.
      for (const piece of pieces) if (piece instanceof Promise) piece.catch(() => {});
      const job: Job = { pieces, written: Promise.withResolvers() };
      waiting.push(job);
      if (!isWriting) {
        writing = writeAllGroups();
        writing.catch(() => {});
      }
      return job.written.promise;
    },
    flush: () => writing,
    async close() {
      await writing.catch(() => {});
      await closeFile();
    },
  };
}

/** Where the disk is full it waits for room, a minute at most: nothing is lost meanwhile, for nobody was told of it. */
async function writeAll(handle: FileHandle, bytes: Buffer, from: number, options: WarcFilesOptions): Promise<void> {
  const { clock, onFull, fullPatienceMs } = options;
  let done = 0;
  let fullSince: number | null = null;
  while (done < bytes.length) {
    try {
      const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, from + done);
      done += bytesWritten;
      if (fullSince !== null) onFull(false);
      fullSince = null;
    } catch (error) {
      const isFull = ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');
      if (!isFull) asDiskError(error);
      if (fullSince === null) onFull(true);
      fullSince ??= clock.now();
      if (clock.now() - fullSince >= fullPatienceMs) asDiskError(error);
      await new Promise<void>((resolve) => void clock.after(DISK_FULL_PAUSE_MS, resolve));
    }
  }
}

export function asDiskError(cause: unknown): never {
  const { message } = cause as Error;
  throw new MachineError('disk', `the archive could not be written: ${message}; run again to go on`, { cause });
}
