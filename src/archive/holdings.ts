// The files of a job's archive, wherever they are: in the job's folder, or moved to a depot. A file that a running
// crawl moves is found too: what is not in the folder any more is asked for in the store again.

import { createReadStream, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { ArchivePlace, MovedFile } from '../base/contracts.ts';
import { FILES_THERE_MAX } from '../base/limits.ts';
import type { Depot, DepotFile } from './depot/depot.ts';
import { piecesOf } from './depot/window.ts';
import { archivePath } from './open-file.ts';
import { archiveNames, isArchiveName } from './recover.ts';
import { ARCHIVE_FOLDER } from './warc-files.ts';
import { type Damage, readRecord, readRecordThere, readWarc, type WarcRecord } from './warc-reader.ts';

export interface Holdings {
  /** The job's folder. */
  readonly folder: string;
  /** The names of all files, oldest first. */
  files(): Promise<readonly string[]>;
  /** Whether the file has left the job's folder, or is about to. Then all of it belongs to the job. */
  isMoved(file: string): Promise<boolean>;
  /** 0 if the file is gone from its depot. Throws an error of the code `ENOENT` if it is nowhere else. */
  sizeOf(file: string): Promise<number>;
  /** Every record of the file and every damage, in order. A file that is gone from its depot has no record. */
  records(file: string): AsyncGenerator<WarcRecord | Damage>;
  /** Rejects if no record is there or it is damaged. */
  record(place: ArchivePlace): Promise<WarcRecord>;
  /** The bytes of the file before `end`. */
  bytes(file: string, end: number): AsyncIterable<Buffer>;
  /** Where the file is; null if it is in the job's folder. */
  depotOf(file: string): Promise<Depot | null>;
}

export interface HoldingsParts {
  readonly folder: string;
  readonly moved: () => Promise<ReadonlyMap<string, MovedFile>>;
  readonly depotAt: (place: string) => Depot;
}

export function createHoldings({ folder, moved, depotAt }: HoldingsParts): Holdings {
  let known: ReadonlyMap<string, MovedFile> | null = null;
  const depots = new Map<string, Depot>();
  const opened = new Map<string, Promise<DepotFile>>();

  const isHere = (file: string): boolean =>
    statSync(archivePath(folder, file), { throwIfNoEntry: false }) !== undefined;
  /** Where the file was moved to; null if it was not. */
  const placeOf = async (file: string): Promise<string | null> => {
    const found = known?.get(file);
    if (found === undefined) known = await moved();
    const { isThere, place } = found ?? known!.get(file) ?? { isThere: false, place: '' };
    return isThere && isArchiveName(file) ? place : null;
  };
  const depotOf = async (file: string): Promise<Depot | null> => {
    if (isHere(file)) return null;
    const place = await placeOf(file);
    if (place === null) return null;
    const depot = depots.get(place) ?? depotAt(place);
    depots.set(place, depot);
    return depot;
  };
  /** Null if the file is in the folder, or nowhere. */
  const openThere = async (file: string): Promise<DepotFile | null> => {
    const depot = await depotOf(file);
    if (depot === null) return null;
    const open = opened.get(file) ?? depot.open(basename(file));
    // The file that was used last is the last one.
    opened.delete(file);
    opened.set(file, open);
    if (opened.size > FILES_THERE_MAX) opened.delete(opened.keys().next().value!);
    return open;
  };

  const isGone = async (file: string): Promise<boolean> => {
    const there = openThere(file).then(() => false);
    return there.catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return true;
      throw error;
    });
  };

  return {
    folder,
    async files() {
      known = await moved();
      const there = [...known.values()].filter(({ isThere, file }) => isThere && isArchiveName(file));
      const here = archiveNames(folder).map((name) => `${ARCHIVE_FOLDER}/${name}`);
      return [...new Set([...here, ...there.map(({ file }) => file)])].sort();
    },
    async isMoved(file) {
      known ??= await moved();
      return known.has(file);
    },
    async sizeOf(file) {
      if (await isGone(file)) return 0;
      return (await openThere(file))?.bytes ?? statSync(archivePath(folder, file)).size;
    },
    async *records(file) {
      if (await isGone(file)) return;
      const there = await openThere(file);
      yield* readWarc(there ?? archivePath(folder, file));
    },
    async record({ file, offset, length }) {
      const there = await openThere(file);
      return there === null
        ? readRecord(archivePath(folder, file), offset, length)
        : readRecordThere(there, offset, length);
    },
    async *bytes(file, end) {
      const there = await openThere(file);
      if (there === null) yield* createReadStream(archivePath(folder, file), { end: end - 1 });
      else yield* piecesOf(there, end);
    },
    depotOf,
  };
}
