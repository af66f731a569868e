// What an export could not write and left out: one strange URL or page must not stop the export of the others.

import type { Ledger, Paged, Row, RowReader } from '../base/contracts.ts';
import { JobError } from '../base/errors.ts';
import { FAULTS_LISTED_MAX } from '../base/limits.ts';
import { systemName } from '../base/machine.ts';

/** The rows that were left out. All of them are counted, the first hundred are listed. */
export interface Unwritten {
  count: number;
  readonly first: { readonly url: string; readonly why: string }[];
}

/** A page that cannot be converted. */
export class Unwritable extends Error {}

/** Error codes that mean that the system refuses the path; the disk is not at fault. */
const OF_PATH: Readonly<Record<string, string>> = {
  ENAMETOOLONG: 'its path is too long',
  EINVAL: 'the file system refuses its name',
  EILSEQ: 'the file system refuses its name',
  ENOENT: 'the file system refuses its name',
  ENOTDIR: 'a file is in the place of its folder',
  EEXIST: 'a file is in the place of its folder',
  EISDIR: 'a folder is in the place of its file',
};

export function nothingUnwritten(): Unwritten {
  return { count: 0, first: [] };
}

/** Notes a failure that only this row caused; throws any other error again. */
export function noteUnwritten(unwritten: Unwritten, error: unknown, { url }: Pick<Row, 'url'>): void {
  const why = reasonOf(error);
  if (why === null) throw error;
  note(unwritten, url, why);
}

function note(unwritten: Unwritten, url: string, why: string): void {
  unwritten.count += 1;
  if (unwritten.first.length < FAULTS_LISTED_MAX) unwritten.first.push({ url, why });
}

/**
 * All rows except those with values that no crawl writes. Each of those is noted in `unwritten`, which is null if an
 * earlier reading has noted them already.
 */
export function soundRows({ rows }: Pick<Ledger, 'rows'>, unwritten: Unwritten | null): Paged<Row> {
  return rows.all({
    onUnsound(id, why) {
      if (unwritten !== null) note(unwritten, `row ${id}`, why);
    },
  });
}

/** The row of a URL or key; null if it is not there, or holds what no crawl writes. */
export async function soundRow(rows: Pick<RowReader, 'find'>, urlOrKey: string): Promise<Row | null> {
  try {
    return await rows.find(urlOrKey);
  } catch (error) {
    if (reasonOf(error) === null) throw error;
    return null;
  }
}

/** Null for a failure that is not caused by one row. */
export function reasonOf(error: unknown): string | null {
  if (error instanceof Unwritable || (error instanceof JobError && error.code === 'unreadable')) return error.message;
  // The string would be longer than the engine allows.
  if (error instanceof RangeError || (error as NodeJS.ErrnoException).code === 'ERR_STRING_TOO_LONG')
    return 'it is too long';
  return OF_PATH[systemName(error) ?? ''] ?? null;
}
