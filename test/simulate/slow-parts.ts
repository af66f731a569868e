// What is slow in the life of a process beside the web: commits and syncs of its archive take the world's time, so that
// a kill finds some of them under way. The real store is behind them; the archive is a list of what would stand in its
// files.

import type { Clock } from '../../src/base/clock.ts';
import type { Archive, ArchivePlace, Frontier, Outcome } from '../../src/base/contracts.ts';
import type { Row } from '../../src/base/ledger.ts';
import { pick, type Random } from '../helpers/random.ts';

/** A group that was written: what was decided before `formedAt` is in it, or in an earlier one. */
export interface Written {
  readonly formedAt: number;
  readonly writtenAt: number;
}

export interface SlowFrontier {
  readonly frontier: Frontier;
  readonly written: readonly Written[];
  /** A group is on its way to the disk, or back. */
  isWriting(): boolean;
}

/** Work of the real store that has not come back: no event of the world comes meanwhile. */
export interface RealWork {
  count: number;
}

export async function counted<T>(work: RealWork, made: Promise<T>): Promise<T> {
  work.count += 1;
  try {
    return await made;
  } finally {
    work.count -= 1;
  }
}

/** `now`: the world's time. A commit is written a moment after it was asked for, and is told of a moment after that. */
export function slowFrontier(
  real: Frontier,
  clock: Clock,
  now: () => number,
  random: Random,
  work: RealWork,
): SlowFrontier {
  const written: Written[] = [];
  let writing = 0;
  const moment = (): Promise<void> =>
    new Promise((resolve) => void clock.after(pick(random, [0, 1, 5, 50]) * random(), resolve));
  const frontier: Frontier = {
    ...real,
    add: (urls) => counted(work, real.add(urls)),
    lease: (...asked) => counted(work, real.lease(...asked)),
    async settle(group) {
      const formedAt = now();
      writing += 1;
      // Figures are of the moment in which they are written.
      if (group.run === null) await moment();
      await counted(work, real.settle(group));
      written.push({ formedAt, writtenAt: now() });
      await moment();
      writing -= 1;
    },
  };
  return { frontier, written, isWriting: () => writing > 0 };
}

/** A record of a response. */
interface Kept extends ArchivePlace {
  readonly url: string;
  /** It is to have a row; robots.txt, sitemaps and the hops to a page have none. */
  readonly hasRow: boolean;
  isSynced: boolean;
}

/** The files of a job's archive. */
export interface Disk {
  readonly files: Map<string, Kept[]>;
}

/** One file a run. It is synced in groups, as fast as the disk will. */
export function slowArchive(disk: Disk, clock: Clock, random: Random): Archive & { isSyncing(): boolean } {
  const file = `archive/${disk.files.size}.warc.gz`;
  const records: Kept[] = [];
  disk.files.set(file, records);
  const waiting: { readonly kept: Kept; readonly told: (place: ArchivePlace) => void }[] = [];
  let isSyncing = false;
  let end = 0;
  const sync = (): void => {
    isSyncing = waiting.length > 0;
    if (!isSyncing) return;
    const group = waiting.splice(0);
    clock.after(pick(random, [0, 1, 10, 100]) * random(), () => {
      for (const { kept, told } of group) {
        kept.isSynced = true;
        told(kept);
      }
      sync();
    });
  };
  return {
    append(outcome: Outcome, sha256) {
      if (outcome.status === 0) return Promise.resolve(null);
      const length = 100 + outcome.rawBody.length;
      const kept = { url: outcome.url, hasRow: sha256 !== null, file, offset: end, length, isSynced: false };
      end += length;
      records.push(kept);
      return new Promise((told) => {
        waiting.push({ kept, told });
        if (!isSyncing) sync();
      });
    },
    close: async () => {},
    isSyncing: () => isSyncing,
  };
}

/**
 * Holds the archive against the rows when a job is opened, and cuts off what lies behind the last row of each file, as
 * recovery does: no row without its record, and no record that should have a row before the end without one.
 */
export function archiveBroken(disk: Disk, rows: readonly Pick<Row, 'url' | 'archive'>[]): string[] {
  const byFile = Map.groupBy(
    rows.filter(({ archive }) => archive !== null),
    ({ archive }) => archive!.file,
  );
  const broken: string[] = [];
  for (const [file, records] of disk.files) {
    const own = new Map((byFile.get(file) ?? []).map((row) => [row.archive!.offset, row]));
    const end = Math.max(0, ...[...own.values()].map(({ archive }) => archive!.offset + archive!.length));
    const left = records.filter(({ offset }) => offset < end);
    for (const { url, offset, hasRow, isSynced } of left) {
      const row = own.get(offset);
      own.delete(offset);
      if (hasRow && row === undefined) broken.push(`${file} at ${offset}: ${url} has no row, and is not at the end`);
      if (row !== undefined && !isSynced) broken.push(`${file} at ${offset}: ${url} has a row, and was not synced`);
    }
    for (const { url } of own.values()) broken.push(`${url}: its record is not in ${file}`);
    disk.files.set(file, left);
  }
  return broken;
}
