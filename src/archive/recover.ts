// After runs that did not end by themselves: what lies beyond the last record that a committed row points to is cut off, so that there is no
// torn record and none without a row. Files that ended in peace are left alone.

import { readdirSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { removeIndex } from './indexes.ts';
import { ARCHIVE_FOLDER } from './warc-files.ts';

const NAME = /-(?<stamp>\d{17})-\d{5}\.warc(?:\.gz|\.zst)?$/;

/** A file that was made shorter, or went altogether. */
export interface Cut {
  readonly file: string;
  /** Bytes that were cut. */
  readonly bytes: number;
}

/**
 * `since` is when the last run ended that ended in peace, in wall milliseconds: files that were begun later are looked at. `endsOf` tells by file
 * where its last record with a row ends; it is asked only where there are any.
 */
export async function recoverArchive(
  folder: string,
  since: number,
  endsOf: () => ReadonlyMap<string, number>,
): Promise<Cut[]> {
  const from = new Date(since).toISOString().replace(/\D/g, '');
  const cuts: Cut[] = [];
  const names = archiveNames(folder).filter((name) => NAME.exec(name)!.groups!['stamp']! >= from);
  const ends = names.length === 0 ? new Map<string, number>() : endsOf();
  for (const name of names) {
    const file = `${ARCHIVE_FOLDER}/${name}`;
    const path = join(folder, file);
    const end = ends.get(file) ?? 0;
    const bytes = statSync(path).size - end;
    if (bytes <= 0) continue;
    if (end === 0) rmSync(path);
    else await truncate(path, end);
    removeIndex(folder, file);
    cuts.push({ file, bytes });
  }
  return cuts;
}

/** The files of a job's archive, the oldest first; none where there is no archive. */
export function archiveNames(folder: string): string[] {
  try {
    return readdirSync(join(folder, ARCHIVE_FOLDER))
      .filter((name) => NAME.test(name))
      .sort();
  } catch {
    return [];
  }
}

async function truncate(path: string, end: number): Promise<void> {
  const handle = await open(path, 'r+');
  await handle.truncate(end);
  await handle.sync();
  await handle.close();
}
