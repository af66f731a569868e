// The tables of the index in PostgreSQL, beside those of the job. They keep the terms of each column, one between two
// spaces each, so that terms, phrases and beginnings can be counted in a column as they stand. A GIN index over the
// tsvector of all terms finds the pages; the vector itself is not stored.

import type { JobTables } from '../base/contracts.ts';
import { JobError } from '../base/errors.ts';
import { PROGRAM } from '../base/program.ts';
import { COLUMNS } from './weights.ts';

const VERSION = 1;
const NAMES = ['search_version', 'search_pages', 'search_named', 'search_anchors', 'search_untold'] as const;

/** The terms of all columns of a page. */
export const ALL_TERMS = COLUMNS.map((name) => `p.${termsColumn(name)}`).join(' || ');

/** The column with the terms of a part of a page. */
export function termsColumn(name: (typeof COLUMNS)[number]): string {
  return `${name}_terms`;
}

/** The terms of a text, separated by spaces, as the columns have them. */
export function spaced(terms: string): string {
  return terms === '' ? '' : ` ${terms.replaceAll(' ', '  ')} `;
}

/**
 * Creates the tables if they are not there, or of another version; whether they were. A function that looks expensive
 * keeps the planner from making the vectors of a whole table.
 */
export async function makeTables(tables: JobTables): Promise<{ readonly isRenewed: boolean }> {
  const version = await versionIn(tables);
  if (version === VERSION) return { isRenewed: false };
  const { schema, ask } = tables;
  await dropTables(tables);
  const columns = COLUMNS.map((name) => `${termsColumn(name)} text NOT NULL`).join(', ');
  const indexed = ALL_TERMS.replaceAll('p.', '');
  const statements = [
    `CREATE OR REPLACE FUNCTION ${schema}.search_vector(terms text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE
       PARALLEL SAFE COST 100000 AS $$ BEGIN RETURN array_to_tsvector(string_to_array(btrim(terms), '  ')); END $$`,
    `CREATE TABLE IF NOT EXISTS ${schema}.search_pages (id bigint PRIMARY KEY, key bigint NOT NULL, mark bigint NOT NULL,
       url text NOT NULL, title text, type text NOT NULL, language text NOT NULL, at bigint NOT NULL,
       likeness_high integer NOT NULL, likeness_low integer NOT NULL, named integer NOT NULL DEFAULT 0,
       length integer NOT NULL, ${columns})`,
    `CREATE INDEX IF NOT EXISTS search_pages_by_key ON ${schema}.search_pages (key)`,
    `CREATE INDEX IF NOT EXISTS search_pages_by_terms ON ${schema}.search_pages
       USING gin (${schema}.search_vector(${indexed}))`,
    `CREATE TABLE IF NOT EXISTS ${schema}.search_named (id bigint PRIMARY KEY, length integer NOT NULL, terms text NOT NULL)`,
    `CREATE INDEX IF NOT EXISTS search_named_by_terms ON ${schema}.search_named
       USING gin (${schema}.search_vector(terms))`,
    `CREATE TABLE IF NOT EXISTS ${schema}.search_anchors (target bigint NOT NULL, text text NOT NULL,
       PRIMARY KEY (target, text))`,
    `CREATE TABLE IF NOT EXISTS ${schema}.search_untold (target bigint PRIMARY KEY)`,
    `CREATE TABLE IF NOT EXISTS ${schema}.search_version AS SELECT ${VERSION} AS version`,
  ];
  for (const statement of statements) await ask(statement);
  return { isRenewed: version !== null };
}

/** Throws JobError if there is no index of this version: `older` if there is another one. */
export async function assertIndexed(tables: JobTables, folder: string): Promise<void> {
  const version = await versionIn(tables);
  const make = `make it with ${PROGRAM} index ${folder}.`;
  if (version === null) throw new JobError('missing', `${folder} has no index yet: ${make}`);
  if (version !== VERSION) throw new JobError('older', `The index of ${folder} is of another version: ${make}`);
}

/** Whether there was one. */
export async function dropTables(tables: JobTables): Promise<boolean> {
  const isThere = (await versionIn(tables)) !== null;
  await tables.ask(`DROP TABLE IF EXISTS ${NAMES.map((name) => `${tables.schema}.${name}`).join(', ')}`);
  return isThere;
}

async function versionIn({ schema, ask }: JobTables): Promise<number | null> {
  const table = `${schema}.search_version`;
  const { rows } = await ask('SELECT to_regclass($1) IS NOT NULL', [table]);
  if (rows[0]![0] !== true) return null;
  return ((await ask(`SELECT version FROM ${table}`)).rows[0]?.[0] as number | undefined) ?? 0;
}
