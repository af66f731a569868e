// The patterns that were excluded while a crawl ran, and the rows that they took. Several workers may change them.

import type { KeptExclusion } from '../../base/contracts.ts';
import { exclusionDetail } from '../../base/exclusion.ts';
import { REASONS } from '../codes.ts';
import { exclusionsIn, exclusionsText } from '../exclusions.ts';
import type { Ask } from './line.ts';

/** `schema` is quoted. */
export async function readExclusions(ask: Ask, schema: string): Promise<readonly KeptExclusion[]> {
  return exclusionsIn((await ask(`SELECT exclusions FROM ${schema}.job`)).rows[0]?.[0]);
}

export async function readExcluded(ask: Ask, schema: string, pattern: string): Promise<readonly number[]> {
  const sql = `SELECT url FROM ${schema}.visits WHERE reason = ${REASONS.code('excluded')} AND detail = $1 ORDER BY url`;
  return (await ask(sql, [exclusionDetail(pattern)])).rows.map(([id]) => id as number);
}

/** Inside a transaction. */
export async function changeExclusions(
  ask: Ask,
  schema: string,
  change: (before: readonly KeptExclusion[]) => readonly KeptExclusion[],
): Promise<void> {
  const { rows } = await ask(`SELECT exclusions FROM ${schema}.job FOR UPDATE`);
  await ask(`UPDATE ${schema}.job SET exclusions = $1`, [exclusionsText(change(exclusionsIn(rows[0]?.[0])))]);
}
