// Decides which files of a job's folder may be opened. The folder may come from a stranger: a link in it may lead
// anywhere, opening a pipe may block for ever, and a row may name a file outside of the archive.

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** 0 on systems that lack these flags. */
const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

/** Opens a regular file for reading. Throws for a link, a pipe, a device or a folder. */
export function openFile(path: string): number {
  const file = opened(path);
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  throw new Error(`${path} is not a regular file`);
}

function opened(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // ELOOP: a link. ENXIO: a socket.
    throw code === 'ELOOP' || code === 'ENXIO' ? new Error(`${path} is not a regular file`, { cause: error }) : error;
  }
}

/** Gives fewer bytes only at the end of the file. */
export function bytesAt(file: number, from: number, bytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(bytes);
  return buffer.subarray(0, readSync(file, buffer, 0, bytes, from));
}

/** A file name directly in the archive's folder. */
const PLACE = /^archive\/(?!\.)[^/\\\0]+$/;

export function isPlace(file: string): boolean {
  return PLACE.test(file);
}

/** The path of an archive file of the job in `folder`, from the name in a row. Throws if the name is not allowed. */
export function archivePath(folder: string, file: string): string {
  if (!isPlace(file)) throw new Error(`${JSON.stringify(file)} is not a file of the archive`);
  return join(folder, file);
}
