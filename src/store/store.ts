// The store of a job: its frontier and its ledger in one SQLite database.

import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { Frontier, JobIdentity, Ledger, SitemapList } from '../base/contracts.ts';
import { MachineError } from '../base/errors.ts';
import { asMachineError, asUnreadable, IN_MEMORY, inspect, openForReading, openForWriting, query } from './database.ts';
import { createFrontier } from './frontier.ts';
import type { HashSeed } from './hash.ts';
import { assertSameJob, identityText } from './identity.ts';
import { createLedger } from './ledger.ts';
import { judgeTimes, type StoreClock } from './times.ts';

export interface StoreOptions {
  readonly identity: JobIdentity;
  /** When the job is opened, in wall time. */
  readonly now: number;
  /** By which stored times are judged and kept; without one, time stands still. */
  readonly clock?: StoreClock;
  /** Of the hash of keys, for a new job; random where it is not given. */
  readonly seed?: HashSeed;
  /** Throws an earlier job's database away. */
  readonly fresh?: boolean;
}

export interface Store {
  readonly frontier: Frontier;
  readonly sitemaps: SitemapList;
  /** Shares the frontier's connection: it ends with it, and knows what is leased. */
  readonly ledger: Ledger;
  /** The job was there before. */
  readonly resumed: boolean;
}

interface StoredJob {
  readonly identity: JobIdentity;
  readonly seed: HashSeed;
}

/**
 * Opens the job at `location` (the path of its database, or `:memory:`), or makes it. The caller holds the job's lock. Throws
 * JobError (`other-job`, `unreadable`, `newer`) without changing anything, and MachineError.
 */
export async function openStore(location: string, options: StoreOptions): Promise<Store> {
  const isFile = location !== IN_MEMORY;
  if (isFile && options.fresh) for (const end of ['', '-wal', '-shm']) rmSync(`${location}${end}`, { force: true });
  const stored = isFile ? inspect(location, readJob) : null;
  if (stored !== null) assertSameJob(location, stored.identity, options.identity);
  const { now, clock = { now: () => now, wall: () => now, uptime: () => 0 } } = options;
  const db = openOrFail(location);
  try {
    const job = readJob(db) ?? writeJob(db, options);
    judgeTimes(db, clock);
    const { frontier, sitemaps, live } = createFrontier(db, location, job, clock);
    const ledger = createLedger(db, { seed: job.seed, live, close: () => {} });
    return { frontier, sitemaps, ledger, resumed: stored !== null };
  } catch (error) {
    db.close();
    throw stored === null ? asMachineError(error) : asUnreadable(location, error);
  }
}

/** Opens a job's database for reading, beside a process that may be working on it. Throws JobError. */
export function openLedger(location: string): Ledger {
  const db = openForReading(location);
  try {
    const job = readJob(db);
    if (job === null) throw new Error('it names no job');
    return createLedger(db, { seed: job.seed, live: null, close: () => db.isOpen && db.close() });
  } catch (error) {
    db.close();
    throw asUnreadable(location, error);
  }
}

function openOrFail(location: string): DatabaseSync {
  try {
    return openForWriting(location);
  } catch (error) {
    const failure = asMachineError(error);
    if (failure !== error || !(error instanceof Error)) throw failure;
    throw error instanceof MachineError ? error : new MachineError('database', error.message, { cause: error });
  }
}

function readJob(db: DatabaseSync): StoredJob | null {
  const cells = query(db, 'SELECT identity, seed_high, seed_low FROM job').get();
  if (cells === undefined) return null;
  const [identity, high, low] = cells as [string, number, number];
  return { identity: JSON.parse(identity) as JobIdentity, seed: [high, low] };
}

function writeJob(db: DatabaseSync, { identity, now, seed = randomSeed() }: StoreOptions): StoredJob {
  const insert = db.prepare('INSERT INTO job VALUES (1, ?, ?, ?, ?)');
  insert.run(identityText(identity), seed[0] | 0, seed[1] | 0, Math.round(now));
  return { identity, seed };
}

function randomSeed(): HashSeed {
  return [randomInt(2 ** 32) | 0, randomInt(2 ** 32) | 0];
}
