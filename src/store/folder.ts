// Creates folders that the user names, for a job or an export.

import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../base/errors.ts';
import { asMachineError, systemName, troubleOf } from '../base/machine.ts';

/** SQLite's limit of a path (os_unix.c, MAX_PATHNAME). The limit of the system is higher. */
const PATH_BYTES_MAX = 512;

/**
 * Creates the folder of a job, with its parents. Its path must leave room for `longestName`. Throws UsageError if the
 * folder cannot be created, and MachineError.
 */
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

/**
 * Translates an error of the system about a path that the user named and that no running job uses. Other errors stay as
 * they are.
 */
export function asRefused(path: string, error: unknown): unknown {
  if (troubleOf(error) !== null) return asMachineError(error, `${path} could not be used`);
  return systemName(error) === null ? error : refused(path, (error as Error).message, error);
}

function refused(path: string, why: string, cause?: unknown): UsageError {
  return new UsageError(`-o: ${JSON.stringify(path)} cannot be used: ${why}.`, { cause });
}

/** Replaces Node's recursive mkdir, which never ends in a folder that exists but takes nothing new (/proc). */
export function makeWithParents(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const parent = dirname(path);
  if (parent !== path) makeWithParents(parent);
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process created it first.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}
