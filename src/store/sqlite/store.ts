// The store of a job: its frontier and its ledger in one SQLite database.

import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Ledger } from '../../base/contracts.ts';
import { VALUE_READ_BYTES_MAX } from '../../base/limits.ts';
import { removeFile } from '../../base/remove.ts';
import { NO_PATIENCE } from '../../base/room.ts';
import type { JobHead } from '../copy/parts.ts';
import { assertSameJob } from '../identity.ts';
import { isLocked } from '../lock.ts';
import type { HashSeed } from '../memory/hash.ts';
import type { Store, StoreOptions } from '../store.ts';
import { asUnreadable, asUnwritable, IN_MEMORY, inspect, openForReading, openForWriting, query } from './database.ts';
import { createFrontier } from './frontier.ts';
import { forgetRests } from './host-notes.ts';
import { readJob, writeHead } from './job-row.ts';
import { createLedger } from './ledger.ts';
import { type LoadedJob, loadJob } from './load.ts';
import { tellingLedger } from './telling-ledger.ts';
import { createStoredTimes, judgeTimes } from './times.ts';

/**
 * Opens or creates the job at `location` (the path of its database, or `:memory:`). The caller holds the job's lock.
 * Throws JobError (`other-job`, `unreadable`, `newer`) without changing anything, and MachineError.
 */
export async function openStore(location: string, options: StoreOptions): Promise<Store> {
  const isFile = location !== IN_MEMORY;
  if (isFile && options.fresh) for (const end of ['', '-wal', '-shm']) removeFile(`${location}${end}`);
  const stored = isFile ? inspect(location, (db) => readJob(db, location)) : null;
  if (stored !== null) assertSameJob(location, stored.identity, options.identity);
  const { now, clock = { now: () => now, wall: () => now, uptime: () => 0 }, room = NO_PATIENCE } = options;
  const changing = <T>(work: () => T): T => unlessForbidden(location, work);
  const db = openForWriting(location);
  try {
    const identified = readJob(db, location) ?? changing(() => writeJob(db, options));
    changing(() => {
      judgeTimes(db, clock);
      forgetRests(db);
    });
    const times = createStoredTimes(db, clock);
    const job = loadJob(db, times);
    const mended = job.wrongTotals === null ? [] : [changing(() => mendTotals(db, job))];
    const { uptime } = clock;
    const { live, ...writing } = createFrontier({ db, location, room }, job, identified, { times, uptime });
    const ledger = tellingLedger(
      location,
      createLedger(db, { seed: identified.seed, live, isWorkedOn: () => true, close: () => {} }),
    );
    return {
      ...writing,
      ledger,
      resumed: stored !== null,
      archiveEnds: async () => job.archiveEnds,
      mended,
      worker: null,
    };
  } catch (error) {
    db.close();
    throw asUnreadable(location, error);
  }
}

function unlessForbidden<T>(location: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw asUnwritable(location, error);
  }
}

/** Corrects the totals. The rows are the truth; the totals only sum them up. */
function mendTotals(db: DatabaseSync, { totals, wrongTotals }: LoadedJob): string {
  const textOf = ({ done, failed, skipped }: NonNullable<typeof wrongTotals>): string =>
    `${done} done, ${failed} failed and ${skipped} skipped`;
  db.prepare('UPDATE totals SET done = ?, failed = ?, skipped = ?').run(totals.done, totals.failed, totals.skipped);
  return `The job's totals were wrong, and its rows were counted again: ${textOf(totals)}, not ${textOf(wrongTotals!)}.`;
}

/** Opens a job's database for reading while another process may be working on it. Throws JobError. */
export function openLedger(location: string): Ledger {
  const db = openForReading(location);
  try {
    const job = readJob(db, location);
    if (job === null) throw new Error('it contains no job');
    // A crawl writes no longer value, but for its roots; SQLite tells of one without reading it.
    db.limits.length = VALUE_READ_BYTES_MAX;
    const reading = { seed: job.seed, live: null, isWorkedOn: () => isLocked(dirname(location)) };
    return tellingLedger(location, createLedger(db, { ...reading, close: () => db.isOpen && db.close() }));
  } catch (error) {
    db.close();
    throw asUnreadable(location, error);
  }
}

function writeJob(db: DatabaseSync, { identity, now, seed = randomSeed(db) }: StoreOptions): JobHead {
  const head: JobHead = { identity, seed, createdAt: now, rootAddresses: null, exclusions: null };
  writeHead(db, head, null);
  return head;
}

/** SQLite's generator is seeded by the system, and is there already. */
function randomSeed(db: DatabaseSync): HashSeed {
  const [high, low] = query(db, 'SELECT random() >> 32, random() >> 32').get() as [number, number];
  return [high, low];
}
