// The store of a job in PostgreSQL: its frontier and its ledger.

import type { Ledger, RootAddresses } from '../../base/contracts.ts';
import { JobError } from '../../base/errors.ts';
import { onDemand } from '../../base/on-demand.ts';
import { NO_PATIENCE } from '../../base/room.ts';
import { assertHere } from '../copy/mark.ts';
import type { JobHead } from '../copy/parts.ts';
import { assertSameJob } from '../identity.ts';
import type { HashSeed } from '../memory/hash.ts';
import type { Store, StoreOptions } from '../store.ts';
import { assertMayCreate, isSchemaLocked, type JobLock, migrate, versionOf } from './database.ts';
import { createPostgresFrontier } from './frontier.ts';
import { createHostIds } from './host-ids.ts';
import { createShelf } from './host-shelf.ts';
import { createIds } from './ids.ts';
import { readJobRow, writeJobRow } from './job-row.ts';
import { createKnown } from './known.ts';
import { archiveEnds, createPostgresLedger } from './ledger.ts';
import { type Ask, createLine, type Line } from './line.ts';
import { writeMovedFile } from './moved-files.ts';
import { type DatabasePlace, quotedName } from './place.ts';
import { createWindows, readTurns } from './queues.ts';
import { createPostgresSitemaps } from './sitemaps.ts';
import { createDatabaseTimes } from './times.ts';
import { createTransactions, type Transactions } from './transactions.ts';

const cryptography = onDemand<typeof import('node:crypto')>('node:crypto');

/**
 * The statements of a running crawl join a few rows that they bring with large tables. The statistics of a queue are
 * always old, and a plan that reads whole tables because of them would visit every partition.
 */
const HOT_SETTINGS = 'SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off; SET jit = off';

/** How many ids of rows and of hosts are taken at once. */
const IDS_A_BLOCK = 10_000;
const HOSTS_A_BLOCK = 100;

export interface Claim {
  readonly lock: JobLock;
  /** Called when nothing stands against opening the job, before anything is written. */
  readonly prepare?: () => void;
}

/**
 * Opens or creates the job. The caller holds its lock. Throws JobError (`other-job`, `newer`) without changing
 * anything, UsageError and MachineError.
 */
export async function openPostgresStore(
  place: DatabasePlace,
  options: StoreOptions,
  claim: Claim,
  lineTo = createLine,
): Promise<Store> {
  const line = lineTo(place, { begin: HOT_SETTINGS });
  const writing = lineTo(place, { begin: HOT_SETTINGS });
  try {
    await Promise.all([line.open(), writing.open()]);
    return await NO_PATIENCE.whenThere('the job could not be opened', () => open(place, options, claim, line, writing));
  } catch (error) {
    await Promise.all([line.close(), writing.close()]);
    throw error;
  }
}

async function open(
  place: DatabasePlace,
  { identity, now, clock, seed, room = NO_PATIENCE }: StoreOptions,
  { lock, prepare }: Claim,
  line: Line,
  writing: Line,
): Promise<Store> {
  const { ask } = line;
  const schema = quotedName(place.schema);
  const stored = await readHere(ask, place);
  if (stored !== null) assertSameJob(place.shown, stored.identity, identity);
  if (stored === null) await assertMayCreate(ask, place);
  prepare?.();
  await migrate(line, place);
  if (stored === null) {
    const head = { identity, seed: seed ?? randomSeed(), createdAt: now, rootAddresses: null };
    await writeJobRow(ask, schema, place, head, null);
  }
  const job = (await readJobRow(ask, schema))!;
  const epoch = await newEpoch(ask, schema);
  const times = createDatabaseTimes(clock);
  await times.measure(ask);

  const windows = createWindows(schema);
  const { turns, pending, names } = await readTurns(ask, schema, windows, times);
  const [done, failed, skipped] = await sumOfTallies(ask, schema);
  const totals = { pending, done, failed, skipped };
  const relock = (): Promise<void> => lock.again();
  const transactions = createTransactions({ line: writing, place, schema, epoch, room, relock });
  const patient: Ask = (sql, values) => transactions.read(() => ask(sql, values));
  const ids = createIds(ask, schema, 'next_id', IDS_A_BLOCK);
  const hostNumbers = createIds(ask, schema, 'next_host', HOSTS_A_BLOCK);
  const hosts = createHostIds(ask, schema, hostNumbers);
  const { frontier, leased } = createPostgresFrontier({
    ...{ schema, epoch, seed: job.seed, depthMax: identity.depth, known: createKnown(), times },
    ...{ line, transactions, turns, windows, totals, hosts, ids, names },
    async close() {
      await transactions.idle();
      await Promise.all([ids.giveBack(), hostNumbers.giveBack()]).catch(() => {});
      await Promise.all([line.close(), writing.close()]);
    },
  });
  const isWorkedOn = async (): Promise<boolean> => true;
  return {
    frontier,
    sitemaps: createPostgresSitemaps({ schema, line, transactions, hosts }),
    hosts: createShelf(patient, schema, epoch),
    rootAddresses: createStoredAddresses(schema, job.rootAddresses, transactions),
    movedFiles: { note: (moved) => transactions.run((ask) => writeMovedFile(ask, schema, moved)) },
    ledger: createPostgresLedger({ ask: patient, schema, seed: job.seed, leased, isWorkedOn, close: async () => {} }),
    resumed: stored !== null,
    archiveEnds: await archiveEnds(ask, schema),
    mended: [],
  };
}

/** Opens a job for reading while other processes may be working on it. Throws JobError, UsageError and MachineError. */
export async function openPostgresLedger(place: DatabasePlace): Promise<Ledger> {
  const line = createLine(place);
  const ask: Ask = (sql, values) =>
    NO_PATIENCE.whenThere(`${place.shown} could not be read`, () => line.ask(sql, values));
  try {
    await line.open();
    const schema = quotedName(place.schema);
    const job = await readHere(ask, place);
    if (job === null) throw new JobError('missing', `There is no ${place.shown.replace(/^the /, '')}.`);
    const isWorkedOn = (): Promise<boolean> => isSchemaLocked(ask, place);
    const { seed } = job;
    return createPostgresLedger({ ask, schema, seed, leased: new Map(), isWorkedOn, close: line.close });
  } catch (error) {
    await line.close();
    throw error;
  }
}

/** Whether the database has the job. Throws as `openPostgresLedger` does. */
export async function hasPostgresJob(place: DatabasePlace): Promise<boolean> {
  const line = createLine(place);
  try {
    await line.open();
    if ((await versionOf(line.ask, place)) === null) return false;
    return (await readJobRow(line.ask, quotedName(place.schema))) !== null;
  } finally {
    await line.close();
  }
}

/** Null if there is no job. Throws JobError if it was moved. */
async function readHere(ask: Ask, place: DatabasePlace): Promise<JobHead | null> {
  if ((await versionOf(ask, place)) === null) return null;
  const row = await readJobRow(ask, quotedName(place.schema));
  assertHere(place.shown, row?.mark ?? null);
  return row;
}

function randomSeed(): HashSeed {
  const { randomInt } = cryptography();
  return [randomInt(2 ** 32), randomInt(2 ** 32)];
}

/** Voids what other processes may still be writing. */
async function newEpoch(ask: Ask, schema: string): Promise<number> {
  const sql = `WITH opened AS (UPDATE ${schema}.job SET epoch = epoch + 1 RETURNING epoch)
    INSERT INTO ${schema}.tallies (epoch) SELECT epoch FROM opened RETURNING epoch`;
  return (await ask(sql)).rows[0]![0] as number;
}

async function sumOfTallies(ask: Ask, schema: string): Promise<[done: number, failed: number, skipped: number]> {
  const sums = ['done', 'failed', 'skipped'].map((state) => `coalesce(sum(${state}), 0)::bigint`);
  const { rows } = await ask(`SELECT ${sums.join(', ')} FROM ${schema}.tallies`);
  return rows[0] as unknown as [number, number, number];
}

function createStoredAddresses(schema: string, stored: string | null, transactions: Transactions): RootAddresses {
  let text = stored;
  return {
    known: () => (text === null ? null : new Map(JSON.parse(text) as [string, string[] | null][])),
    async keep(found) {
      const kept = JSON.stringify([...found]);
      await transactions.run((ask) => ask(`UPDATE ${schema}.job SET root_addresses = $1`, [kept]));
      text = kept;
    },
  };
}
