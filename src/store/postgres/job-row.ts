// The row of the job: what it is, the seed of its hashes, and whether it was moved.

import type { MarkedHead } from '../copy/contract.ts';
import { markOf } from '../copy/mark.ts';
import type { JobHead } from '../copy/parts.ts';
import { identityOf, identityText } from '../identity.ts';
import type { Ask } from './line.ts';
import type { DatabasePlace } from './place.ts';

/** Null if there is no job yet. `schema` is quoted. */
export async function readJobRow(ask: Ask, schema: string): Promise<MarkedHead | null> {
  // A schema of an older gossamer has no such columns.
  const there = `SELECT attname FROM pg_attribute WHERE attrelid = '${schema.replaceAll("'", "''")}.job'::regclass`;
  const names = (await ask(there)).rows.flat();
  const columns = ['exclusions', 'move'].map((name) => (names.includes(name) ? name : 'NULL'));
  const sql = `SELECT identity, seed_high, seed_low, created_at, root_addresses, ${columns.join(', ')} FROM ${schema}.job`;
  const [row] = (await ask(sql)).rows;
  if (row === undefined) return null;
  const [identity, high, low, createdAt, rootAddresses, exclusions, mark] = row as [
    ...[identity: string, high: number, low: number, createdAt: number],
    ...[rootAddresses: string | null, exclusions: string | null, mark: string | null],
  ];
  return {
    identity: identityOf(identity),
    seed: [high, low],
    createdAt,
    rootAddresses,
    exclusions,
    mark: markOf(mark),
  };
}

/** `mark` is the text of a mark. */
export async function writeJobRow(
  ask: Ask,
  schema: string,
  { schema: name }: DatabasePlace,
  { identity, seed, createdAt, rootAddresses, exclusions }: JobHead,
  mark: string | null,
): Promise<void> {
  const sql = `INSERT INTO ${schema}.job (id, name, identity, seed_high, seed_low, created_at, root_addresses, exclusions, move)
    VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`;
  const [high, low] = [seed[0] | 0, seed[1] | 0];
  await ask(sql, [name, identityText(identity), high, low, Math.round(createdAt), rootAddresses, exclusions, mark]);
}
