// The row of the job: what it is, the seed of its hashes, and whether it was moved.

import type { DatabaseSync } from 'node:sqlite';
import type { MarkedHead } from '../copy/contract.ts';
import { assertHere, type Mark, markOf, markText } from '../copy/mark.ts';
import type { JobHead } from '../copy/parts.ts';
import { identityOf, identityText } from '../identity.ts';
import { query } from './database.ts';

/** Null if there is no job yet. */
export function readHead(db: DatabaseSync): MarkedHead | null {
  // A database of an older gossamer has no such columns.
  const has = (name: string): boolean =>
    query(db, "SELECT 1 FROM pragma_table_info('job') WHERE name = ?").get(name) !== undefined;
  const columns = ['root_addresses', 'exclusions', 'move'].map((name) => (has(name) ? name : 'NULL'));
  const cells = query(db, `SELECT identity, seed_high, seed_low, created_at, ${columns.join(', ')} FROM job`).get();
  if (cells === undefined) return null;
  const [identity, high, low, createdAt, rootAddresses, exclusions, move] = cells as [
    ...[identity: string, high: number, low: number, createdAt: number],
    ...[rootAddresses: string | null, exclusions: string | null, move: string | null],
  ];
  return {
    identity: identityOf(identity),
    seed: [high, low],
    createdAt,
    rootAddresses,
    exclusions,
    mark: markOf(move),
  };
}

/** The same, of a job that is here. Throws JobError if it was moved. */
export function readJob(db: DatabaseSync, location: string): JobHead | null {
  const head = readHead(db);
  assertHere(location, head?.mark ?? null);
  return head;
}

export function writeHead(db: DatabaseSync, head: JobHead, mark: Mark | null): void {
  const { identity, seed, createdAt, rootAddresses, exclusions } = head;
  db.prepare(`INSERT INTO job (id, identity, seed_high, seed_low, created_at, root_addresses, exclusions, move)
    VALUES (1, ?, ?, ?, ?, ?, ?, ?)`).run(
    ...[identityText(identity), seed[0] | 0, seed[1] | 0, Math.round(createdAt), rootAddresses, exclusions],
    mark === null ? null : markText(mark),
  );
}
