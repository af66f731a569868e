// The schema of a job: whether it is there, made and brought up to date, locked for one process, and removed.

import { JobError, UsageError } from '../../base/errors.ts';
import { DatabaseAway } from '../../base/machine.ts';
import { type Ask, createLine, type Line } from './line.ts';
import { type DatabasePlace, quotedName } from './place.ts';
import { MIGRATIONS } from './schema.ts';

// Two locks for each schema, told apart by the seed of the hash.
const LOCK = 'hashtextextended($1, 1)';
const MIGRATION_LOCK = 'hashtextextended($1, 2)';

/** How many steps the job's schema has had; null if there is no job. Throws JobError `newer`. */
export async function versionOf(ask: Ask, { schema, shown }: DatabasePlace): Promise<number | null> {
  const table = `${quotedName(schema)}.version`;
  const { rows } = await ask('SELECT to_regclass($1) IS NOT NULL', [table]);
  if (rows[0]![0] !== true) return null;
  const version = (await ask(`SELECT steps FROM ${table}`)).rows[0]?.[0] as number | undefined;
  if (version === undefined) return null;
  const ours = MIGRATIONS.length;
  if (version > ours) {
    const what = `made by a newer gossamer (version ${version}, ours is ${ours})`;
    throw new JobError('newer', `${shown}: ${what}; update it`);
  }
  return version;
}

/** Throws UsageError if the job would have to be made and the user may not do that. Nothing is written. */
export async function assertMayCreate(ask: Ask, { server }: Pick<DatabasePlace, 'server'>): Promise<void> {
  const { rows } = await ask("SELECT has_database_privilege(current_database(), 'CREATE')");
  if (rows[0]![0] === true) return;
  throw new UsageError(`--store: ${server}: this user may create no schema there, and a job needs one.`);
}

/** Makes the schema, or does the steps that it lacks. Two processes that do it at once wait for each other. */
export async function migrate(line: Line, place: DatabasePlace): Promise<void> {
  if ((await versionOf(line.ask, place)) === MIGRATIONS.length) return;
  const schema = quotedName(place.schema);
  const ask = await line.bound();
  await ask('BEGIN');
  try {
    await ask(`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`, [place.schema]);
    await ask(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    await ask(`CREATE TABLE IF NOT EXISTS ${schema}.version (steps integer NOT NULL)`);
    const version = await versionOf(ask, place);
    for (const step of MIGRATIONS.slice(version ?? 0)) await ask(step(schema));
    await ask(`DELETE FROM ${schema}.version`);
    await ask(`INSERT INTO ${schema}.version VALUES ($1)`, [MIGRATIONS.length]);
    await ask('COMMIT');
  } catch (error) {
    await ask('ROLLBACK').catch(() => {});
    throw error;
  }
}

export interface JobLock extends AsyncDisposable {
  /** Takes the lock again after the connection may have been lost. Rejects with DatabaseAway as long as it cannot. */
  again(): Promise<void>;
}

/**
 * Lets one process at a time work on a job. The lock belongs to a connection of its own; the server releases it when
 * the process ends in any way. Throws JobError `locked`.
 */
export async function lockSchema(place: DatabasePlace): Promise<JobLock> {
  const line = createLine(place);
  const take = async (): Promise<boolean> => {
    return (await line.ask(`SELECT pg_try_advisory_lock(${LOCK})`, [place.schema])).rows[0]![0] === true;
  };
  try {
    await line.open();
    if (!(await take())) {
      const advice = 'wait for it, or use -o for another folder';
      throw new JobError('locked', `${place.shown} is being worked on by another process; ${advice}`);
    }
  } catch (error) {
    await line.close();
    throw error;
  }
  return {
    async again() {
      // The server may not know yet that the connection that holds the lock is lost.
      if (!(await take())) throw new DatabaseAway(new Error('the lock of the job is not free yet'));
    },
    [Symbol.asyncDispose]: () => line.close(),
  };
}

/** Whether a process holds the lock. */
export async function isSchemaLocked(ask: Ask, { schema }: DatabasePlace): Promise<boolean> {
  const sql = `SELECT EXISTS (SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database
    WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND d.datname = current_database()
      AND ((l.classid::bigint << 32) | l.objid::bigint) = ${LOCK})`;
  return (await ask(sql, [schema])).rows[0]![0] === true;
}

export async function removeSchema(ask: Ask, { schema }: DatabasePlace): Promise<void> {
  await ask(`DROP SCHEMA IF EXISTS ${quotedName(schema)} CASCADE`);
}
