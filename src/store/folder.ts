// Creates folders that the user names, for a job or an export, and says what is wrong with a path that cannot be used.

import { mkdirSync, type Stats, statSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
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
    throw asUnusable(folder, error);
  }
}

/**
 * Translates an error of the system about a path that the user named and where nothing has been written yet. If the
 * disk is read-only, or the path is a socket or a device without a driver, another path may work.
 */
export function asUnusable(path: string, error: unknown): unknown {
  const words = NOT_WRITTEN_TO[systemName(error) ?? ''];
  return words === undefined ? asRefused(path, error) : refused(path, words, error);
}

const NOT_WRITTEN_TO: Readonly<Record<string, string>> = {
  EROFS: 'its disk is read-only',
  ENXIO: 'it is a socket, or a device that is not there',
  ENODEV: 'it is a device that is not there',
};

/**
 * Translates an error of the system about a path that the user named and that no running job uses. Other errors stay as
 * they are.
 */
export function asRefused(path: string, error: unknown): unknown {
  if (troubleOf(error) !== null) return asMachineError(error, `${path} could not be used`);
  return systemName(error) === null ? error : refused(path, faultOf(path, error as NodeJS.ErrnoException), error);
}

function refused(path: string, why: string, cause?: unknown): UsageError {
  return new UsageError(`-o: ${JSON.stringify(path)} cannot be used: ${why}.`, { cause });
}

/** What is wrong with the path, in words; for a rare error, those of the system. */
function faultOf(path: string, error: NodeJS.ErrnoException): string {
  const whole = resolve(path);
  // The system may have named a file in the folder, or a folder on the way to it.
  const named = error.path === undefined ? whole : resolve(error.path);
  const where = named.startsWith(whole + sep) || whole.startsWith(named + sep) ? named : whole;
  const there = nearestThere(where);
  const name = there === whole ? 'it' : JSON.stringify(there);
  const folder = isFolder(there) ? there : dirname(there);
  switch (systemName(error)) {
    case 'EEXIST':
    case 'ENOTDIR':
      if (isFolder(there)) return 'it is a symbolic link that leads nowhere';
      return `${name} is ${statOf(there)?.isFile() === true ? 'a file, not a folder' : 'not a folder'}`;
    case 'EACCES':
    case 'EPERM':
      return `you may not write in ${JSON.stringify(folder)}`;
    case 'ENOENT':
      return folder === dirname(where)
        ? `${JSON.stringify(folder)} takes no new files or folders`
        : `there is no folder ${JSON.stringify(dirname(where))}`;
    case 'EISDIR':
      return `${name} is a folder, not a file`;
    case 'ENAMETOOLONG':
      return 'a name in it is longer than this system allows';
    case 'ELOOP':
      return 'its symbolic links lead in a circle';
    default:
      return error.message;
  }
}

/** The longest beginning of the path that leads to something. */
function nearestThere(path: string): string {
  const parent = dirname(path);
  return parent === path || statOf(path) !== undefined ? path : nearestThere(parent);
}

function isFolder(path: string): boolean {
  return statOf(path)?.isDirectory() === true;
}

/** Undefined if nothing is there, or if the path leads nowhere. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
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
