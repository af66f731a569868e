// Reads a job in PostgreSQL with statements of its own, all of them in one snapshot.

import { createLine } from '../../../src/store/postgres/line.ts';
import { databasePlace } from '../../../src/store/postgres/place.ts';
import { type Cells, judgedRows, type Stored } from '../rows.ts';

const COLUMNS = {
  id: 'u.id',
  url: 'u.url',
  skip: 'u.skip',
  queued: 'q.url IS NOT NULL',
  state: 'v.state',
  error: 'v.error',
  status: 'v.status',
  truncated: 'v.truncated',
  sha256: "encode(v.sha256, 'hex')",
  file: 'v.archive_file',
  offset: 'v.archive_offset',
  length: 'v.archive_length',
} as const;

export interface StoredOfTeam extends Stored {
  /** How often a worker has lost its leases. */
  readonly lapses: number;
}

/** Null where the job is not there yet. */
export async function readDatabase(address: string, job: string): Promise<StoredOfTeam | null> {
  const schema = `"gossamer:${job}"`;
  const line = createLine(databasePlace(address, job));
  const ask = await line.bound();
  try {
    await ask('BEGIN ISOLATION LEVEL REPEATABLE READ');
    if ((await ask('SELECT to_regclass($1)', [`${schema}.tallies`])).rows[0]![0] === null) return null;
    const { rows } = await ask(`SELECT ${Object.values(COLUMNS).join(', ')}
      FROM ${schema}.urls u LEFT JOIN ${schema}.visits v ON v.host = u.host AND v.url = u.id
        LEFT JOIN ${schema}.queue q ON q.host = u.host AND q.url = u.id ORDER BY u.id`);
    const names = Object.keys(COLUMNS);
    const cells = rows.map((row) => Object.fromEntries(row.map((cell, at) => [names[at], cell])) as unknown as Cells);
    const sums = ['done', 'failed', 'skipped'].map((state) => `coalesce(sum(${state}), 0)::bigint`);
    const [tallies] = (await ask(`SELECT ${sums.join(', ')} FROM ${schema}.tallies`)).rows;
    const [done, failed, skipped] = tallies as unknown as [number, number, number];
    // Whoever joins, and whoever begins anew after that, begins an epoch.
    const lapses = await ask(`SELECT epoch - (SELECT count(*) FROM ${schema}.workers) FROM ${schema}.job`);
    const places = await ask(`SELECT archive_file || ' ' || archive_offset FROM ${schema}.attempts WHERE number < 0`);
    const refused = new Set(places.rows.map(([place]) => place as string));
    return { ...judgedRows(cells, { done, failed, skipped }), refused, lapses: lapses.rows[0]![0] as number };
  } finally {
    await line.close();
  }
}
