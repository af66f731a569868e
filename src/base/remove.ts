// Removes files and folders by the system's own calls. Node's `rmSync` throws errors without the system's name (errno
// -4094, no code), so a full disk could not be told from a wrong path.

import { lstatSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { systemName } from './machine.ts';

/** Removes a file. It is no error if the file does not exist. */
export function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (systemName(error) !== 'ENOENT') throw error;
  }
}

/**
 * Removes a file, or a folder with everything in it. Of a symbolic link only the link goes. A folder that is mounted
 * there stays, and is empty but for its `lost+found`. It is no error if nothing exists there.
 */
export function removeTree(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    removeFile(path);
    return;
  }
  for (const name of readdirSync(path)) removeWithin(path, name);
  try {
    rmdirSync(path);
  } catch (error) {
    if (systemName(error) !== 'EBUSY') throw error;
  }
}

function removeWithin(folder: string, name: string): void {
  try {
    removeTree(join(folder, name));
  } catch (error) {
    // It belongs to the disk that is mounted there, and only its owner may look into it.
    if (name !== 'lost+found' || systemName(error) !== 'EACCES') throw error;
  }
}
