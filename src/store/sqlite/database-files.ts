// What is in the places of a job's database and of the files that SQLite has beside it: nothing opens a pipe, and
// nothing is written where a link leads.

import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { JobError } from '../../base/errors.ts';
import { linkRefusal } from '../../base/link.ts';

/**
 * Throws JobError if something else is in a place of its files: SQLite would wait at a pipe, and take a folder for a
 * disk that fails. The database may be a link to a file: it is read through it.
 */
export function hasDatabase(location: string): boolean {
  // Its folder may be missing, or a file.
  if (!existsSync(`${dirname(location)}/.`)) return false;
  const real = realOf(location);
  for (const path of new Set([location, real])) {
    for (const end of ['-wal', '-shm', '-journal']) {
      if (lstatSync(path + end, { throwIfNoEntry: false })?.isFile() === false)
        throw unreadable(location, `${basename(path)}${end} beside it is not a regular file`);
    }
  }
  const there = lstatSync(real, { throwIfNoEntry: false });
  if (there?.isFile() === false) throw unreadable(location, 'it is not a regular file, nor a link to one');
  return there !== undefined && there.size > 0;
}

/** Throws JobError if the database is a link: SQLite would follow it, and write the database of somebody else. */
export function assertOwnDatabase(location: string): void {
  const refusal = linkRefusal(location);
  if (refusal === null) return;
  throw new JobError('unreadable', `${refusal}: put the database itself there, or name the folder that has it.`);
}

/** The address to read the database at. Beside the file that a link leads to no other file is created. */
export function readAddress(location: string): string {
  const real = realOf(location);
  return real === location || hasLog(real) ? location : asItStands(location);
}

/** Where a link leads; where it leads nowhere, the link itself. */
function realOf(location: string): string {
  if (lstatSync(location, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return location;
  try {
    return realpathSync(location);
  } catch {
    return location;
  }
}

export function hasLog(location: string): boolean {
  return existsSync(`${location}-wal`);
}

/** The address of the database as immutable: SQLite then creates no files beside it. */
export function asItStands(location: string): string {
  return `${pathToFileURL(location).href}?immutable=1`;
}

export function unreadable(location: string, why: string, cause?: unknown): JobError {
  const message = `${location} cannot be read: ${why}; nothing was changed. Use -o for another folder, or --fresh`;
  return new JobError('unreadable', message, { cause });
}
