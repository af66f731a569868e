// The row of this process among those that work on a job. It says how long its leases of hosts last: all of them lapse
// together, so renewing them changes one row. Its epoch is the token that each transaction checks. When the leases have
// lapsed another process may take the hosts; this one then gets a new epoch, and what it did before that is refused.

import { JobError } from '../../base/errors.ts';
import type { Ask } from './line.ts';
import { type DatabasePlace, quotedName } from './place.ts';
import { LEFT_AT } from './schema.ts';
import { freeName, isKnownGone, thisWorker, type Worker } from './worker.ts';

/** Wall milliseconds by the clock of the database. */
export const NOW_SQL = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';

/** What this process did is refused: its leases have lapsed, and others may have its hosts. */
export class LeasesLost extends Error {
  /** The epoch of the leases. */
  readonly epoch: number;

  constructor(epoch: number) {
    super('the leases of this process have lapsed');
    this.name = 'LeasesLost';
    this.epoch = epoch;
  }
}

/** Does the work again each time that the leases were lost. */
export async function whileLost<T>(work: () => Promise<T>, recover: (lost: LeasesLost) => Promise<void>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof LeasesLost)) throw error;
      await recover(error);
    }
  }
}

export interface Membership {
  /** The number of the worker's row; its tallies and its run have it too. */
  readonly id: number;
  readonly name: string;
  /** How long ago the first worker of the session began. */
  readonly begunMsAgo: number;
  /** Changes when the leases were lost. */
  readonly epoch: number;
  /** Other workers have been at work at the same time since the session began; it has the id of the first. */
  readonly session: number;
  /** SQL that gives the epoch as long as the leases count; what it reads stays so until the end of the transaction. */
  readonly fence: string;
  /** Tells of itself and puts off the end of the leases. Rejects with LeasesLost. */
  renew(ask: Ask, told: WorkerTold): Promise<void>;
  /**
   * Workers whose process is gone, and if `areLateToo` those that gave no sign of life in time.
   */
  findDead(ask: Ask, areLateToo: boolean): Promise<readonly number[]>;
  /** Ends the leases of these workers, unless they have given a sign of life. */
  bury(ask: Ask, ids: readonly number[]): Promise<void>;
  /** Gets a new epoch after the leases were lost. */
  rejoin(ask: Ask): Promise<void>;
  leave(ask: Ask): Promise<void>;
}

export interface WorkerTold {
  readonly hosts: number;
  /** How many more hosts it could work on. */
  readonly wants: number;
  readonly isIdle: boolean;
  /** How many URLs it has settled. */
  readonly pages: number;
}

interface Joining extends Worker {
  /** How long the leases last without a sign of life. */
  readonly leaseMs: number;
  /** No other process may work on the job meanwhile. */
  readonly isAlone: boolean;
  /** When the run began, in wall time. */
  readonly startedAt: number;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Which workers are at work. */
export const AT_WORK = 'ended_at IS NULL AND lost_at IS NULL';

/** Throws JobError `locked` if others are at work and one of them must be alone. */
export async function join(ask: Ask, place: DatabasePlace, joining: Joining): Promise<Membership> {
  const schema = quotedName(place.schema);
  const { leaseMs, isAlone, name, machine, home, pid, startedAt, settings } = joining;
  const insert = `INSERT INTO ${schema}.workers
      (id, epoch, session, is_alone, name, machine, home, pid, started_at, seen_at, begun_at, expires_at)
    SELECT $1, $1, $2, $3, $4, $5, $6, $7, $8, ${NOW_SQL}, ${NOW_SQL}, ${NOW_SQL} + ${leaseMs}`;
  const [id, session, own, begunMsAgo] = await inTransaction(ask, async () => {
    await ask(`SELECT 1 FROM ${schema}.job FOR UPDATE`);
    await bury(ask, schema, joining, await findDead(ask, schema, joining, true));
    const others = await ask(`SELECT session, is_alone, name FROM ${schema}.workers WHERE ${AT_WORK} ORDER BY id`);
    const isTaken = others.rows.some(([, isTheirs]) => isAlone || isTheirs === true);
    if (isTaken) throw isWorkedOn(place);
    if (others.rows.length > 0) await assertSameSettings(ask, place, settings);
    else if (!isAlone) await ask(`UPDATE ${schema}.job SET settings = $1`, [JSON.stringify(settings)]);
    const own = freeName(name, machine, new Set(others.rows.map((row) => row[2] as string)));
    if (own === null) throw new JobError('locked', `${place.shown} has a worker ${JSON.stringify(name)} already`);
    const epoch = await newEpoch(ask, schema);
    const first = (others.rows[0]?.[0] ?? epoch) as number;
    await ask(`INSERT INTO ${schema}.tallies (epoch) VALUES ($1)`, [epoch]);
    await ask(insert, [epoch, first, isAlone, own, machine, home, pid, Math.round(startedAt)]);
    // What was left for another run belongs to this one.
    if (first === epoch) await ask(`UPDATE ${schema}.hosts SET open_at = 0 WHERE open_at >= ${LEFT_AT}`);
    const begun = await ask(`SELECT ${NOW_SQL} - begun_at FROM ${schema}.workers WHERE id = $1`, [first]);
    return [epoch, first, own, begun.rows[0]![0] as number] as const;
  });
  let epoch = id;
  const mine = (): string => `id = ${id} AND epoch = ${epoch} AND ${AT_WORK}`;
  const renewed =
    (): string => `UPDATE ${schema}.workers SET seen_at = ${NOW_SQL}, expires_at = ${NOW_SQL} + ${leaseMs},
    hosts = $1, wants = $2, is_idle = $3, pages = $4,
    pages_per_second = CASE WHEN ${NOW_SQL} - seen_at < 500 THEN pages_per_second
      ELSE ($4 - pages) * 1000.0 / (${NOW_SQL} - seen_at) END WHERE ${mine()}`;

  return {
    ...{ id, session, name: own, begunMsAgo },
    get epoch() {
      return epoch;
    },
    // A worker that takes the hosts of this one locks the row against this.
    fence: `SELECT epoch FROM ${schema}.workers WHERE id = ${id} AND ${AT_WORK} FOR KEY SHARE`,
    async renew(ask, { hosts, wants, isIdle, pages }) {
      const asked = epoch;
      const { changed } = await ask(renewed(), [hosts, wants, isIdle, pages]);
      if (changed === 0) throw new LeasesLost(asked);
    },
    async findDead(ask, areLateToo) {
      return (await findDead(ask, schema, joining, areLateToo)).filter((each) => each !== id);
    },
    bury: (ask, ids) => bury(ask, schema, joining, ids),
    rejoin: (ask) =>
      inTransaction(ask, async () => {
        const next = await newEpoch(ask, schema);
        await freeHosts(ask, schema, [id]);
        await ask(
          `UPDATE ${schema}.workers SET epoch = $1, lost_at = NULL, seen_at = ${NOW_SQL},
            expires_at = ${NOW_SQL} + ${leaseMs} WHERE id = ${id}`,
          [next],
        );
        epoch = next;
      }),
    async leave(ask) {
      await ask(`UPDATE ${schema}.workers SET ended_at = ${NOW_SQL}, hosts = 0, wants = 0 WHERE ${mine()}`);
    },
  };
}

/** Throws JobError `other-job` if those at work have other options. */
async function assertSameSettings(ask: Ask, place: DatabasePlace, ours: Joining['settings']): Promise<void> {
  const { rows } = await ask(`SELECT settings FROM ${quotedName(place.schema)}.job`);
  const theirs = JSON.parse((rows[0]?.[0] ?? '{}') as string) as Joining['settings'];
  const differences = Object.keys(ours).flatMap((name) => {
    const [there, here] = [theirs[name], ours[name]].map((value) => JSON.stringify(value ?? null));
    return there === here ? [] : [`${name} is ${there} there and ${here} here`];
  });
  if (differences.length === 0) return;
  throw new JobError('other-job', `${place.shown} is being worked on with other options: ${differences.join('; ')}`);
}

/** Whether a worker is at work on the job now. */
export async function hasWorkers(ask: Ask, schema: string, self: Worker): Promise<boolean> {
  const { rows } = await ask(`SELECT ${COLUMNS} FROM ${schema}.workers WHERE ${AT_WORK}`);
  return rows.some((row) => !isDead(row, self));
}

/** Throws JobError `locked` if a worker is at work. */
export async function assertNobody(ask: Ask, place: DatabasePlace): Promise<void> {
  if (await hasWorkers(ask, quotedName(place.schema), thisWorker(null))) throw isWorkedOn(place);
}

const COLUMNS = `id, home, pid, expires_at <= ${NOW_SQL}`;

function isDead(row: readonly unknown[], self: Worker, areLateToo = true): boolean {
  const [, home, pid, isLate] = row as [id: number, home: string | null, pid: number, isLate: boolean];
  return (isLate && areLateToo) || isKnownGone({ home, pid }, self);
}

async function findDead(ask: Ask, schema: string, self: Worker, areLateToo: boolean): Promise<number[]> {
  const { rows } = await ask(`SELECT ${COLUMNS} FROM ${schema}.workers WHERE ${AT_WORK}`);
  return rows.filter((row) => isDead(row, self, areLateToo)).map(([id]) => id as number);
}

async function bury(ask: Ask, schema: string, self: Worker, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  // A worker in the middle of a transaction has locked its row, and is left for later.
  const { rows } = await ask(
    `SELECT ${COLUMNS} FROM ${schema}.workers WHERE id = ANY($1::bigint[]) AND ${AT_WORK} ORDER BY id FOR UPDATE SKIP LOCKED`,
    [ids],
  );
  const dead = rows.filter((row) => isDead(row, self)).map(([id]) => id);
  await ask(`UPDATE ${schema}.workers SET lost_at = ${NOW_SQL} WHERE id = ANY($1::bigint[])`, [dead]);
  await freeHosts(ask, schema, dead);
}

/** Nobody knows when these hosts were last requested. */
async function freeHosts(ask: Ask, schema: string, owners: readonly unknown[]): Promise<void> {
  await ask(
    `UPDATE ${schema}.hosts SET lease_owner = NULL, lease_epoch = NULL, dropped_at = ${NOW_SQL}
      WHERE lease_owner = ANY($1::bigint[])`,
    [owners],
  );
}

async function newEpoch(ask: Ask, schema: string): Promise<number> {
  return (await ask(`UPDATE ${schema}.job SET epoch = epoch + 1 RETURNING epoch`)).rows[0]![0] as number;
}

function isWorkedOn({ shown }: DatabasePlace): JobError {
  const advice = 'wait for it, or use -o for another folder';
  return new JobError('locked', `${shown} is being worked on by another process; ${advice}`);
}

export async function inTransaction<T>(ask: Ask, work: () => Promise<T>): Promise<T> {
  await ask('BEGIN');
  try {
    const result = await work();
    await ask('COMMIT');
    return result;
  } catch (error) {
    await ask('ROLLBACK').catch(() => {});
    throw error;
  }
}
