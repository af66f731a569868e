// A folder that the user named, for a job or for an export.

import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../base/errors.ts';
import { asMachineError, systemName, troubleOf } from '../base/machine.ts';

/** The system's limit of a path is higher; this is SQLite's (os_unix.c, MAX_PATHNAME). */
const PATH_BYTES_MAX = 512;

/** Makes the folder of a job, with its parents; `longestName` is what its path must leave room for. Throws UsageError where it cannot be, and MachineError. */
export function makeFolder(folder: string, longestName: string): void {
  const bytes = Buffer.byteLength(resolve(folder));
  const most = PATH_BYTES_MAX - longestName.length;
  if (bytes > most) throw refused(folder, `its path has ${bytes} bytes, and ${most} is the most`);
  try {
    makeWithParents(resolve(folder));
  } catch (error) {
    throw asRefused(folder, error);
  }
}

/** What it means that the system refuses a path which the user named, where no job is at work in it. Other errors stay as they are. */
export function asRefused(path: string, error: unknown): unknown {
  if (troubleOf(error) !== null) return asMachineError(error, `${path} could not be used`);
  return systemName(error) === null ? error : refused(path, (error as Error).message, error);
}

function refused(path: string, why: string, cause?: unknown): UsageError {
  return new UsageError(`-o: ${JSON.stringify(path)} cannot be used: ${why}.`, { cause });
}

/** Node's own way goes round for ever where a folder is there and takes nothing new (/proc). */
export function makeWithParents(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const parent = dirname(path);
  if (parent !== path) makeWithParents(parent);
  try {
    mkdirSync(path);
  } catch (error) {
    // Somebody else was faster.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}
