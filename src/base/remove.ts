// Files and folders are removed by the system's own calls. What `rmSync` of Node throws has lost the system's name (errno -4094, no code), so
// that a full disk could not be told from a wrong path.

import { lstatSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { systemName } from './machine.ts';

/** A file that is not there is removed already. */
export function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (systemName(error) !== 'ENOENT') throw error;
  }
}

/** A file, or a folder with all in it; a symbolic link goes, and what it leads to stays. What is not there is removed already. */
export function removeTree(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    removeFile(path);
    return;
  }
  for (const name of readdirSync(path)) removeTree(join(path, name));
  rmdirSync(path);
}
