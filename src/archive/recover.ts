// At the start of a run the archive is held against the store, by lengths. What lies beyond the last record that a committed row points to is
// cut off, so that there is no torn record and none without a row. Files of runs that ended in peace have what belongs to no row
// too, robots.txt and sitemaps, and are left alone. A file that is shorter than its rows say has lost records.

import { lstatSync, readdirSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunFigures } from '../base/contracts.ts';
import { troubleOf } from '../base/machine.ts';
import { removeFile } from '../base/remove.ts';
import { hasIndex, removeIndex } from './indexes.ts';
import { isPlace } from './open-file.ts';
import { ARCHIVE_FOLDER } from './warc-files.ts';

const NAME = /-(?<stamp>\d{17})-\d{5}\.warc(?:\.gz|\.zst)?$/;

/** A file that was made shorter, or went altogether. */
export interface Cut {
  readonly file: string;
  /** Bytes that were cut. */
  readonly bytes: number;
}

export interface Recovered {
  readonly cuts: readonly Cut[];
  /** Files that are shorter than their rows say, with the length that they have; 0 where there is no such file. */
  readonly lost: ReadonlyMap<string, number>;
}

/** `ends` tells by file where its last record with a row ends, `runs` are all of the job. */
export async function recoverArchive(
  folder: string,
  runs: readonly Pick<RunFigures, 'startedAt' | 'endedAt'>[],
  ends: ReadonlyMap<string, number>,
): Promise<Recovered> {
  const peaceful = peacefulStamps(runs);
  const cuts: Cut[] = [];
  for (const name of archiveNames(folder)) {
    const file = `${ARCHIVE_FOLDER}/${name}`;
    const path = join(folder, file);
    const end = ends.get(file) ?? 0;
    const bytes = statSync(path).size - end;
    if (bytes <= 0 || (peaceful.has(stampIn(name)) && hasIndex(folder, file))) continue;
    if (end === 0) removeFile(path);
    else await truncate(path, end);
    removeIndex(folder, file);
    cuts.push({ file, bytes });
  }
  const lost = lostFiles(folder, ends);
  // Their indexes tell of what is not there.
  for (const file of lost.keys()) removeIndex(folder, file);
  return { cuts, lost };
}

/** Files that are shorter than their rows say, with the length that they have. */
export function lostFiles(folder: string, ends: ReadonlyMap<string, number>): Map<string, number> {
  const lost = new Map<string, number>();
  for (const [file, end] of ends) {
    const size = sizeOf(folder, file);
    if (size < end) lost.set(file, size);
  }
  return lost;
}

function sizeOf(folder: string, file: string): number {
  if (!isPlace(file)) return 0;
  const there = lstatSync(join(folder, file), { throwIfNoEntry: false });
  return there?.isFile() === true ? there.size : 0;
}

/** What the names of a run's files have in them; `startedAt` is in wall milliseconds. */
export function stampOf(startedAt: number): string {
  return new Date(Math.round(startedAt)).toISOString().replace(/\D/g, '');
}

/** The stamps of runs that ended by themselves: all that they wrote is settled. */
export function peacefulStamps(runs: readonly Pick<RunFigures, 'startedAt' | 'endedAt'>[]): ReadonlySet<string> {
  return new Set(runs.filter(({ endedAt }) => endedAt !== null).map(({ startedAt }) => stampOf(startedAt)));
}

export function stampIn(name: string): string {
  return NAME.exec(name)!.groups!['stamp']!;
}

/** The files of a job's archive, the oldest first; none where there is no archive. */
export function archiveNames(folder: string): string[] {
  return namesIn(folder, true);
}

/** What is called like a file of the archive and is none: a link, a pipe, a folder. Nothing opens it. */
export function strangeNames(folder: string): string[] {
  return namesIn(folder, false);
}

function namesIn(folder: string, areFiles: boolean): string[] {
  try {
    return readdirSync(join(folder, ARCHIVE_FOLDER), { withFileTypes: true })
      .filter((entry) => NAME.test(entry.name) && entry.isFile() === areFiles)
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if (troubleOf(error) !== null) throw error;
    return [];
  }
}

async function truncate(path: string, end: number): Promise<void> {
  const handle = await open(path, 'r+');
  await handle.truncate(end);
  await handle.sync();
  await handle.close();
}
