// The columns of a job's tables for a copy, as the database tells them: a column that is added later is copied too.

import type { Part } from '../copy/parts.ts';
import type { SumWords } from '../copy/sums.ts';
import type { Columns } from './batch.ts';
import type { Ask } from './line.ts';

/** What only the process that works on the job needs, and hosts and hashes that have ids here instead. */
const NOT_COPIED = /^(?:rest|rest_\w+|lease_\w+|open_at|dropped_at|asked)$/;

/** The types of the columns of a part, by their names. `schema` is quoted. */
export async function columnsOf(ask: Ask, schema: string, part: Part): Promise<Columns> {
  const sql = `SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
    WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`;
  const { rows } = await ask(sql, [`${schema}.${part}`]);
  return Object.fromEntries((rows as unknown as [string, string][]).filter(([name]) => !NOT_COPIED.test(name)));
}

export function sumWordsOf(schema: string): SumWords {
  return {
    table: (part) => `${schema}.${part}`,
    hostName: 'name',
    redirect: 'redirect_key',
    links: 'coalesce(cardinality(link_keys), 0)',
    found: ['count(CASE WHEN is_page THEN 1 END)', 'count(dropped)', 'count(bad_links)'],
  };
}
