// What is in the places of a job's database and of the files that SQLite has beside it: nothing opens a pipe, and
// nothing is written where a link leads.

import { existsSync, lstatSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { JobError } from '../../base/errors.ts';
import { linkRefusal } from '../../base/link.ts';

/**
 * Throws JobError if something else is in a place of its files: SQLite would wait at a pipe, and take a folder for a
 * disk that fails.
 */
export function hasDatabase(location: string): boolean {
  // Its folder may be missing, or a file.
  if (!existsSync(`${dirname(location)}/.`)) return false;
  assertOwnDatabase(location);
  for (const end of ['', '-wal', '-shm', '-journal']) {
    if (lstatSync(location + end, { throwIfNoEntry: false })?.isFile() !== false) continue;
    throw unreadable(
      location,
      end === '' ? 'it is not a regular file' : `${basename(location)}${end} beside it is not a regular file`,
    );
  }
  return (lstatSync(location, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/**
 * Throws JobError if the database is a link: SQLite would follow it, and have files of its own beside the database of
 * somebody else, also to read it.
 */
export function assertOwnDatabase(location: string): void {
  const refusal = linkRefusal(location);
  if (refusal === null) return;
  throw new JobError('unreadable', `${refusal}: put the database itself there, or name the folder that has it.`);
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
