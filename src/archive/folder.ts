// What the archive does with folders and files all over.

import { mkdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Gives the path of `name` in the job's folder, and makes it where it is not there. Not the job's folder: one that is gone stays gone. */
export function folderIn(jobFolder: string, name: string): string {
  const path = join(jobFolder, name);
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return path;
}

/** Bytes at a place of an open file, or at its end; the system may take less than it is given. */
export function writeAll(file: number, bytes: Uint8Array, at: number | null): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(file, bytes, done, bytes.length - done, at === null ? null : at + done);
  }
}
