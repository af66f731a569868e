// The schema of a job: whether it is there, made and brought up to date, and removed.

import { JobError, UsageError } from '../../base/errors.ts';
import type { Ask, Line } from './line.ts';
import { type DatabasePlace, quotedName } from './place.ts';
import { MIGRATIONS } from './schema.ts';

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

export async function removeSchema(ask: Ask, { schema }: DatabasePlace): Promise<void> {
  await ask(`DROP SCHEMA IF EXISTS ${quotedName(schema)} CASCADE`);
}
