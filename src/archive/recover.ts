// Compares the archive with the store, by file lengths, at the start of a run. It cuts off everything after the last
// record that a committed row points to, so no torn record and no record without a row is left. Files of runs that
// ended normally also hold records without a row (robots.txt and sitemaps); they stay as they are, and so do files on
// their way out of the folder. A file that is shorter than its rows say has lost records.

import { lstatSync, readdirSync } from 'node:fs';
import { open as openHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { MovedFile, RunFigures } from '../base/contracts.ts';
import { troubleOf } from '../base/machine.ts';
import { removeFile } from '../base/remove.ts';
import { assertOwnFolders } from './folder.ts';
import { hasIndex, INDEX_FOLDER, removeIndex, removeUnfinished, unfinishedNames } from './indexes.ts';
import { isPlace } from './open-file.ts';
import { ARCHIVE_FOLDER } from './warc-files.ts';

const NAME = /-(?<stamp>\d{17})-\d{5}\.warc(?:\.gz|\.zst)?$/;

/** A file that was shortened or removed. */
export interface Cut {
  readonly file: string;
  /** How many bytes were cut. */
  readonly bytes: number;
}

export interface Recovered {
  readonly cuts: readonly Cut[];
  /** The files that are shorter than their rows say, with their real length; 0 if the file is missing. */
  readonly lost: ReadonlyMap<string, number>;
  /** The names of the files to which nobody writes any more. What a killed run left at their ends is cut off. */
  readonly closed: ReadonlySet<string>;
}

/** What the store knows of the files of the archive. */
export interface KnownFiles {
  /** All runs of the job. */
  readonly runs: readonly Pick<RunFigures, 'startedAt' | 'endedAt'>[];
  /** For each file, where its last record with a row ends. */
  readonly ends: ReadonlyMap<string, number>;
  /** The files that are outside of the folder or on their way there. */
  readonly moved: ReadonlyMap<string, MovedFile>;
}

/**
 * Files of a run that is not over may grow at any time: `open` gives the stamps of these runs. First the files are
 * listed, then `open` is asked, and `known` last, so it tells all that a run ever committed that began and died
 * meanwhile.
 */
export async function recoverArchive(
  folder: string,
  known: () => Promise<KnownFiles>,
  open: () => Promise<ReadonlySet<string>> = async () => new Set(),
): Promise<Recovered> {
  assertOwnFolders(folder, [ARCHIVE_FOLDER, INDEX_FOLDER]);
  const cuts: Cut[] = [];
  const names = archiveNames(folder);
  const unfinished = unfinishedNames(folder);
  const growing = await open();
  const { runs, ends, moved } = await known();
  const peaceful = peacefulStamps(runs);
  removeUnfinished(
    folder,
    unfinished.filter((name) => !growing.has(stampOfIndex(name))),
  );
  const closed = names.filter((name) => !growing.has(stampIn(name)));
  for (const name of closed) {
    const file = `${ARCHIVE_FOLDER}/${name}`;
    const path = join(folder, file);
    const elsewhere = moved.get(file);
    // The run that moved it was killed before it could remove its copy.
    if (elsewhere?.isThere === true) removeFile(path);
    if (elsewhere !== undefined) continue;
    const end = ends.get(file) ?? 0;
    // Another process that begins at the same time may have removed the file.
    const bytes = sizeOf(folder, file) - end;
    if (bytes <= 0 || (peaceful.has(stampIn(name)) && hasIndex(folder, file))) continue;
    if (end === 0) removeFile(path);
    else await truncate(path, end);
    removeIndex(folder, file);
    cuts.push({ file, bytes });
  }
  let lost = lostFiles(folder, ends, moved);
  // Another process may have moved some away since.
  if (lost.size > 0) lost = lostFiles(folder, ends, (await known()).moved);
  // Their indexes name records that no longer exist.
  for (const file of lost.keys()) removeIndex(folder, file);
  return { cuts, lost, closed: new Set(closed) };
}

/** The files that are shorter than their rows say, with their real length. */
export function lostFiles(
  folder: string,
  ends: ReadonlyMap<string, number>,
  moved: ReadonlyMap<string, MovedFile> = new Map(),
): Map<string, number> {
  const lost = new Map<string, number>();
  for (const [file, end] of ends) {
    const known = moved.get(file);
    const size = known?.isThere === true ? known.bytes : sizeOf(folder, file);
    if (size < end) lost.set(file, size);
  }
  return lost;
}

function sizeOf(folder: string, file: string): number {
  if (!isPlace(file)) return 0;
  const there = lstatSync(join(folder, file), { throwIfNoEntry: false });
  return there?.isFile() === true ? there.size : 0;
}

/** The part of a file name that identifies its run; `startedAt` is in wall milliseconds. */
export function stampOf(startedAt: number): string {
  return new Date(Math.round(startedAt)).toISOString().replace(/\D/g, '');
}

/** The stamps of the runs that ended by themselves. All that they wrote is settled. */
export function peacefulStamps(runs: readonly Pick<RunFigures, 'startedAt' | 'endedAt'>[]): ReadonlySet<string> {
  return new Set(runs.filter(({ endedAt }) => endedAt !== null).map(({ startedAt }) => stampOf(startedAt)));
}

function stampOfIndex(name: string): string {
  return /-(\d{17})-\d{5}\./.exec(name)?.[1] ?? '';
}

export function stampIn(name: string): string {
  return NAME.exec(name)!.groups!['stamp']!;
}

/** Whether a file has a name that this program gives to the files of an archive. */
export function isArchiveName(file: string): boolean {
  return isPlace(file) && NAME.test(file);
}

/** The files of a job's archive that are in its folder, oldest first; an empty list if there is none. */
export function archiveNames(folder: string): string[] {
  return namesIn(folder, true);
}

/** Entries that are named like an archive file but are a link, a pipe or a folder. Nothing opens them. */
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
  const handle = await openHandle(path, 'r+');
  await handle.truncate(end);
  await handle.sync();
  await handle.close();
}
