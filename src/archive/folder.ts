// Helpers for folders and files that the whole archive uses.

import { mkdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';

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
  }
  return path;
}

/**
 * Writes all bytes at a position of an open file, or at its end if `at` is null. The system may take them in several
 * parts.
 */
export function writeAll(file: number, bytes: Uint8Array, at: number | null): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(file, bytes, done, bytes.length - done, at === null ? null : at + done);
  }
}
