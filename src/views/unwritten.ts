// What an export could not write, and left out: one strange URL or page is no reason to have nothing of the others.

import type { Row } from '../base/contracts.ts';
import { FAULTS_LISTED_MAX } from '../base/limits.ts';
import { systemName } from '../base/machine.ts';

/** All are counted, the first hundred are told. */
export interface Unwritten {
  count: number;
  readonly first: { readonly url: string; readonly why: string }[];
}

/** A page of which nothing can be made. */
export class Unwritable extends Error {}

/** The path, and not the disk, is what the system refuses. */
const OF_PATH: Readonly<Record<string, string>> = {
  ENAMETOOLONG: 'its path is too long',
  EINVAL: 'the file system takes no such name',
  EILSEQ: 'the file system takes no such name',
  ENOENT: 'the file system takes no such name',
  ENOTDIR: 'a file stands where its folder should be',
  EEXIST: 'a file stands where its folder should be',
  EISDIR: 'a folder stands where its file should be',
};

export function nothingUnwritten(): Unwritten {
  return { count: 0, first: [] };
}

/** Takes note of what only this row is to blame for; throws any other error again. */
export function noteUnwritten(unwritten: Unwritten, error: unknown, { url }: Pick<Row, 'url'>): void {
  const why = reasonOf(error);
  if (why === null) throw error;
  unwritten.count += 1;
  if (unwritten.first.length < FAULTS_LISTED_MAX) unwritten.first.push({ url, why });
}

/** Null for a failure that is not of one row. */
export function reasonOf(error: unknown): string | null {
  if (error instanceof Unwritable) return error.message;
  // A string longer than the engine takes.
  if (error instanceof RangeError || (error as NodeJS.ErrnoException).code === 'ERR_STRING_TOO_LONG')
    return 'it is too long';
  return OF_PATH[systemName(error) ?? ''] ?? null;
}
