// The files of an archive. It owns the file that is being written. Pieces are appended in the order in which they were
// given and synced in groups; callers learn their place only after the sync. A full file is closed and the next one
// begins.

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
  /** Writes the pieces one after the other. Resolves with the place of the last one when it is on disk. */
  append(pieces: readonly Piece[]): Promise<ArchivePlace>;
  close(): Promise<void>;
  /** Ends like `close`, but leaves the file open for the writer that goes on with it; null if no file is open. */
  leave(): Promise<OpenFile | null>;
}

/** A record as it is written. A function yields a record that is too long for memory; it is called once. */
export type Piece = Buffer | Promise<Buffer> | (() => AsyncIterable<Buffer>);

export interface WarcFilesOptions {
  /** The job's folder; the files go to its subfolder `archive/`. */
  readonly folder: string;
  /** The name of the next file, without a folder. Each call gives a new name. */
  readonly nextName: () => string;
  /** The bytes at the beginning of each file. */
  readonly preamble: (name: string) => Buffer | Promise<Buffer>;
  /** Waits while the disk is full. Nothing is lost, because callers hear only of pieces that are on disk. */
  readonly room: Pick<Room, 'whenThere'>;
  /** A file that grows longer is closed, and the next one begins. */
  readonly fileBytesMax: number;
  /** Called with the name of a complete file, which is already closed. */
  readonly onClosed: (name: string) => Promise<void>;
  /** The file that another writer has left. */
  readonly begun?: OpenFile | null;
}

interface Job {
  readonly pieces: readonly Piece[];
  readonly written: PromiseWithResolvers<ArchivePlace>;
}

/** The file that is being written. */
export interface OpenFile {
  readonly name: string;
  readonly path: string;
  readonly handle: FileHandle;
  /** Tells whether the file under this name is still this one. */
  readonly inode: number;
  end: number;
}

export const ARCHIVE_FOLDER = 'archive';
const NOT_WRITTEN = 'the archive could not be written';
const CLOSED = 'the archive is closed';

export function createWarcFiles(options: WarcFilesOptions): WarcFiles {
  const { room } = options;
  const waiting: Job[] = [];
  let file: OpenFile | null = options.begun ?? null;
  let writing: Promise<void> = Promise.resolve();
  let isWriting = false;
  let failure: unknown = null;
  /** The jobs whose bytes are being written. */
  let group: { readonly job: Job; readonly place: ArchivePlace }[] = [];

  /** Writes one group in one go and syncs once. A group is all that waits, up to some megabytes. */
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
    // After a failure the content of the file is unknown; the next run repairs it.
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
      // Only marks the rejection as handled: the writer awaits the piece later.
      for (const piece of pieces) if (piece instanceof Promise) piece.catch(() => {});
      const job: Job = { pieces, written: Promise.withResolvers() };
      waiting.push(job);
      if (!isWriting) {
        writing = writeAllGroups();
        writing.catch(() => {});
      }
      return job.written.promise;
    },
    async leave() {
      await writing;
      const left = file;
      file = null;
      failure = new Error(CLOSED);
      return left;
    },
    async close() {
      await writing.catch(() => {});
      try {
        await closeFile();
      } catch (error) {
        throw asMachineError(error, NOT_WRITTEN);
      } finally {
        failure ??= new Error(CLOSED);
      }
    },
  };
}

/** Creates a file with its preamble. If that fails it removes the file, so that it can try again. */
async function begin(options: WarcFilesOptions): Promise<OpenFile> {
  const folder = folderIn(options.folder, ARCHIVE_FOLDER);
  for (;;) {
    const own = options.nextName();
    const path = join(folder, own);
    const handle = await open(path, 'wx').catch(nullIfThere);
    if (handle === null) continue;
    try {
      // A new file is durable only when its folder entry is.
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

/** A deleted file still accepts bytes, but they are lost when it is closed. So this checks that it still exists. */
async function assertThere({ name, path, inode }: OpenFile): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.ino === inode) return;
  throw new MachineError('disk', `${name} was deleted or replaced while it was written; run again to go on`);
}
