// Helpers for folders and files that the whole archive uses.

import { constants, lstatSync, mkdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { JobError } from '../base/errors.ts';
import { linkRefusal } from '../base/link.ts';

/**
 * The path of `name` in the job's folder; creates it if it is missing. It never creates the job's folder itself: a
 * deleted job stays deleted.
 */
export function folderIn(jobFolder: string, name: string): string {
  const path = join(jobFolder, name);
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    // A file in its place is told by the system.
    if (lstatSync(path).isSymbolicLink()) assertOwnFolders(jobFolder, [name]);
  }
  return path;
}

/**
 * Throws JobError if one of them is a link, or no folder. What is behind a link belongs to somebody else, so nothing is
 * changed there.
 */
export function assertOwnFolders(jobFolder: string, names: readonly string[]): void {
  for (const path of names.map((name) => join(jobFolder, name))) {
    if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== false) continue;
    const refusal = linkRefusal(path);
    if (refusal === null)
      throw new JobError('unreadable', `${path} is not a folder, so nothing was changed: remove it.`);
    const instead = path === join(jobFolder, 'archive') ? ', or give the crawl --archive FOLDER' : '';
    throw new JobError('unreadable', `${refusal}: mount the folder there${instead}.`);
  }
}

/** Opens a file for writing, but neither what a link leads to nor a pipe. */
export const WRITING =
  constants.O_WRONLY | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
/** The same for a file that is written anew. */
export const REPLACING = WRITING | constants.O_TRUNC;

/**
 * Writes all bytes at a position of an open file, or at its end if `at` is null. The system may take them in several
 * parts.
 */
export function writeAll(file: number, bytes: Uint8Array, at: number | null): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(file, bytes, done, bytes.length - done, at === null ? null : at + done);
  }
}
