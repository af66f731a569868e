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
import { createPostgresCookies } from './cookies.ts';
import { assertMayCreate, migrate, versionOf } from './database.ts';
import { changeExclusions } from './exclusions.ts';
import { createPostgresFrontier } from './frontier.ts';
import { createHostIds } from './host-ids.ts';
import { createShelf } from './host-shelf.ts';
import { createIds } from './ids.ts';
import { readJobRow, writeJobRow } from './job-row.ts';
import { createKnown } from './known.ts';
import { createPostgresLedger } from './ledger.ts';
import { type Ask, createLine, type Line } from './line.ts';
import { hasWorkers, join, whileLost } from './membership.ts';
import { writeMovedFile } from './moved-files.ts';
import { addAsked } from './notes.ts';
import { type DatabasePlace, quotedName } from './place.ts';
import { createPostgresSitemaps } from './sitemaps.ts';
import { createDatabaseTimes } from './times.ts';
import { createTransactions } from './transactions.ts';
import { thisWorker } from './worker.ts';

const cryptography = onDemand<typeof import('node:crypto')>('node:crypto');

/**
 * The statements of a running crawl join a few rows that they bring with large tables. The statistics of a queue are
 * always old, and a plan that reads whole tables because of them would visit every partition. A process that is stopped
 * in the middle of a transaction would keep others waiting.
 */
const hotSettings = (leaseMs: number): string =>
  `SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off; SET jit = off;
   SET idle_in_transaction_session_timeout = ${leaseMs}`;

/** A reader takes a page of rows and looks up what belongs to them, however old the statistics are. */
const READING_SETTINGS = 'SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off';

/** How many ids of rows and of hosts are taken at once. */
const IDS_A_BLOCK = 10_000;
const HOSTS_A_BLOCK = 100;
/** How long leases last without a sign of life, unless the user says otherwise. */
const LEASE_MS = 10_000;
/** How many signs of life are given in that time. */
const SIGNS_A_LEASE = 5;

/**
 * Opens or creates the job, and joins those that work on it. `prepare` is called when nothing stands against that,
 * before anything is written. Throws JobError (`other-job`, `newer`, `locked`) without changing anything, UsageError
 * and MachineError.
 */
export async function openPostgresStore(
  place: DatabasePlace,
  options: StoreOptions,
  prepare: () => void = () => {},
  lineTo = createLine,
): Promise<Store> {
  const { leaseMs = LEASE_MS } = options;
  const line = lineTo(place, { begin: hotSettings(leaseMs) });
  const writing = lineTo(place, { begin: hotSettings(leaseMs) });
  try {
    await Promise.all([line.open(), writing.open()]);
    return await NO_PATIENCE.whenThere('the job could not be opened', () =>
      open(place, options, prepare, line, writing),
    );
  } catch (error) {
    await Promise.all([line.close(), writing.close()]);
    throw error;
  }
}

async function open(
  place: DatabasePlace,
  options: StoreOptions,
  prepare: () => void,
  line: Line,
  writing: Line,
): Promise<Store> {
  const { identity, now, clock, seed, leaseMs = LEASE_MS, room = NO_PATIENCE } = options;
  const { ask } = line;
  const schema = quotedName(place.schema);
  const stored = await readHere(ask, place);
  if (stored !== null) assertSameJob(place.shown, stored.identity, identity);
  if (stored === null) await assertMayCreate(ask, place);
  prepare();
  await migrate(line, place);
  if (stored === null) {
    const head = { identity, seed: seed ?? randomSeed(), createdAt: now, rootAddresses: null, exclusions: null };
    await writeJobRow(ask, schema, place, head, null);
  }
  const job = (await readJobRow(ask, schema))!;
  assertSameJob(place.shown, job.identity, identity);
  const { worker = null, settings = {} } = options;
  const joining = { ...thisWorker(worker), leaseMs, isAlone: false, startedAt: now, settings };
  const membership = await join(await line.bound(), place, joining);
  const times = createDatabaseTimes(clock);
  await times.measure(ask);

  const countsHosts = (options.settings?.['--host-limit'] ?? null) !== null;
  const totals = { pending: 0, done: 0, failed: 0, skipped: 0 };
  const transactions = createTransactions({ line: writing, schema, membership, room });
  const patient: Ask = (sql, values) => transactions.read(() => ask(sql, values));
  const ids = createIds(ask, schema, 'next_id', IDS_A_BLOCK);
  const hostNumbers = createIds(ask, schema, 'next_host', HOSTS_A_BLOCK);
  const hosts = createHostIds(ask, schema, hostNumbers);
  const sitemaps = createPostgresSitemaps({ schema, transactions, hosts, share: () => share });
  const { frontier, share, leased } = createPostgresFrontier({
    ...{ schema, seed: job.seed, depthMax: identity.depth, known: createKnown(), times, membership, leaseMs },
    countsHosts,
    ...{ line, transactions, totals, hosts, ids, unreadOf: sitemaps.unreadOf, clock: clock ?? { now: () => now } },
    pause: (ms) => new Promise((resolve) => void (clock?.after?.(ms, resolve) ?? resolve())),
    async close() {
      signs?.cancel();
      await transactions.idle();
      await share.leave().catch(() => {});
      await Promise.all([ids.giveBack(), hostNumbers.giveBack()]).catch(() => {});
      await Promise.all([line.close(), writing.close()]);
    },
  });
  const signs = clock?.every?.(leaseMs / SIGNS_A_LEASE, () => share.renew().catch(() => {}));
  const inTransaction = (work: (ask: Ask) => Promise<void>): Promise<void> =>
    whileLost(() => transactions.run(work), share.recover);
  const isWorkedOn = async (): Promise<boolean> => true;
  const close = async (): Promise<void> => {};
  const ledger = createPostgresLedger({ ask: patient, schema, seed: job.seed, leased, isWorkedOn, close });
  // An earlier run may not have counted.
  if (countsHosts && membership.session === membership.id) await recountHosts(ask, schema, ledger);
  return {
    ...{ frontier, share, sitemaps, cookies: createPostgresCookies(patient, schema) },
    hosts: createShelf(patient, schema, membership, times),
    rootAddresses: createStoredAddresses(schema, job.rootAddresses, patient),
    exclusions: { change: (change) => inTransaction((ask) => changeExclusions(ask, schema, change)) },
    movedFiles: { note: (moved) => inTransaction((ask) => writeMovedFile(ask, schema, moved)) },
    ledger,
    resumed: stored !== null,
    archiveEnds: ledger.archived.ends,
    mended: [],
    worker: membership.name,
  };
}

async function recountHosts(ask: Ask, schema: string, { rows }: Ledger): Promise<void> {
  await ask(`UPDATE ${schema}.hosts SET asked = 0 WHERE asked > 0`);
  await addAsked(ask, schema, await rows.askedByHost());
}

/** Opens a job for reading while other processes may be working on it. Throws JobError, UsageError and MachineError. */
export async function openPostgresLedger(place: DatabasePlace): Promise<Ledger> {
  const line = createLine(place, { begin: READING_SETTINGS });
  const ask: Ask = (sql, values) =>
    NO_PATIENCE.whenThere(`${place.shown} could not be read`, () => line.ask(sql, values));
  try {
    await line.open();
    const schema = quotedName(place.schema);
    if ((await versionOf(ask, place)) !== null) await migrate(line, place);
    const job = await readHere(ask, place);
    if (job === null) throw new JobError('missing', `There is no ${place.shown.replace(/^the /, '')}.`);
    const isWorkedOn = (): Promise<boolean> => hasWorkers(ask, schema, thisWorker(null));
    const { seed } = job;
    return createPostgresLedger({ ask, schema, seed, leased: new Map(), isWorkedOn, close: line.close });
  } catch (error) {
    await line.close();
    throw error;
  }
}

/** What all workers of the job have in common; null if there is no job. Throws as `openPostgresLedger` does. */
export async function settingsInDatabase(place: DatabasePlace): Promise<Readonly<Record<string, unknown>> | null> {
  const line = createLine(place);
  try {
    await line.open();
    if ((await versionOf(line.ask, place)) === null) return null;
    await migrate(line, place);
    const { rows } = await line.ask(`SELECT settings FROM ${quotedName(place.schema)}.job`);
    return rows[0] === undefined ? null : JSON.parse((rows[0][0] ?? '{}') as string);
  } finally {
    await line.close();
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

function createStoredAddresses(schema: string, stored: string | null, ask: Ask): RootAddresses {
  let text = stored;
  return {
    known: () => (text === null ? null : new Map(JSON.parse(text) as [string, string[] | null][])),
    async keep(found) {
      const kept = JSON.stringify([...found]);
      await ask(`UPDATE ${schema}.job SET root_addresses = $1`, [kept]);
      text = kept;
    },
  };
}
