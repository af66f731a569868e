// The files of an archive. It owns the one that is being written: pieces go to its end in the order in which they were given, are
// synced in groups, and only then is anybody told where they are. A file that is full is closed, and the next one begun.

import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchivePlace } from '../base/contracts.ts';
import { MachineError } from '../base/errors.ts';
import { WRITE_GROUP_BYTES_MAX } from '../base/limits.ts';
import { asMachineError } from '../base/machine.ts';
import { CAN_SYNC_FOLDERS } from '../base/platform.ts';
import type { Room } from '../base/room.ts';
import { folderIn } from './folder.ts';

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
  /** The name of the next file, without a folder; another one with each call. */
  readonly nextName: () => string;
  /** What a file begins with. */
  readonly preamble: (name: string) => Buffer | Promise<Buffer>;
  /** Waits where the disk is full: nothing is lost meanwhile, for nobody was told of what is not written. */
  readonly room: Pick<Room, 'whenThere'>;
  /** A longer file is closed, and the next one begun. */
  readonly fileBytesMax: number;
  /** Called with a file that is complete; it is closed by then. */
  readonly onClosed: (name: string) => Promise<void>;
}

interface Job {
  readonly pieces: readonly Piece[];
  readonly written: PromiseWithResolvers<ArchivePlace>;
}

/** The file that is being written. */
interface OpenFile {
  readonly name: string;
  readonly path: string;
  readonly handle: FileHandle;
  /** Tells it from another one of the same name. */
  readonly inode: number;
  end: number;
}

export const ARCHIVE_FOLDER = 'archive';
const NOT_WRITTEN = 'the archive could not be written';

export function createWarcFiles(options: WarcFilesOptions): WarcFiles {
  const { room } = options;
  const waiting: Job[] = [];
  let file: OpenFile | null = null;
  let writing: Promise<void> = Promise.resolve();
  let isWriting = false;
  let failure: unknown = null;
  /** Jobs whose bytes are being written. */
  let group: { readonly job: Job; readonly place: ArchivePlace }[] = [];

  /** One group: what waits, up to some megabytes; written in one go and synced once. */
  const writeGroup = async (): Promise<void> => {
    file ??= await room.whenThere(NOT_WRITTEN, () => begin(options));
    group = [];
    const bytes: Buffer[] = [];
    let end = file.end;
    const { handle, name } = file;
    const from = file.end;
    let written = from;
    const write = async (): Promise<void> => {
      await writeAll(handle, bytes.length === 1 ? bytes[0]! : Buffer.concat(bytes), written, room);
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
    await Promise.all([handle.datasync(), assertThere(file)]);
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
    // After a failure what stands in the file is not known: the next run looks.
    if (failure === null) await options.onClosed(closing.name);
  };

  const writeAllGroups = async (): Promise<void> => {
    isWriting = true;
    try {
      while (waiting.length > 0) await writeGroup();
    } catch (error) {
      failure = asMachineError(error, NOT_WRITTEN);
      for (const job of [...group.map(({ job }) => job), ...waiting.splice(0)]) job.written.reject(failure);
      throw failure;
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
      try {
        await closeFile();
      } catch (error) {
        throw asMachineError(error, NOT_WRITTEN);
      } finally {
        failure ??= new Error('the archive is closed');
      }
    },
  };
}

/** A new file with its beginning. Where that fails nothing of it is left, so that it can be begun again. */
async function begin(options: WarcFilesOptions): Promise<OpenFile> {
  const folder = folderIn(options.folder, ARCHIVE_FOLDER);
  for (;;) {
    const own = options.nextName();
    const path = join(folder, own);
    const handle = await open(path, 'wx').catch(nullIfThere);
    if (handle === null) continue;
    try {
      // A new file is durable once its name is.
      if (CAN_SYNC_FOLDERS) {
        const directory = await open(folder, 'r');
        await directory.sync().finally(() => directory.close());
      }
      const preamble = await options.preamble(own);
      await handle.writeFile(preamble);
      const { ino } = await handle.stat();
      return { name: `${ARCHIVE_FOLDER}/${own}`, path, handle, inode: ino, end: preamble.length };
    } catch (error) {
      await handle.close();
      await rm(path, { force: true });
      throw error;
    }
  }
}

function nullIfThere(error: NodeJS.ErrnoException): null {
  if (error.code !== 'EEXIST') throw error;
  return null;
}

async function writeAll(
  handle: FileHandle,
  bytes: Buffer,
  from: number,
  room: WarcFilesOptions['room'],
): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    await room.whenThere(NOT_WRITTEN, async () => {
      const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, from + done);
      done += bytesWritten;
    });
  }
}

/** A file whose name was taken away takes bytes like any other, and they are gone when it is closed. */
async function assertThere({ name, path, inode }: OpenFile): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.ino === inode) return;
  throw new MachineError('disk', `${name} was deleted or replaced while it was written; run again to go on`);
}
