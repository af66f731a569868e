// The patterns that were excluded while a crawl ran, and the rows that they took.

import type { DatabaseSync } from 'node:sqlite';
import type { ExclusionKeeper, JobReader, RowReader } from '../../base/contracts.ts';
import { exclusionDetail } from '../../base/exclusion.ts';
import { REASONS } from '../codes.ts';
import { exclusionsIn, exclusionsText } from '../exclusions.ts';
import { lenientQuery, query } from './database.ts';
import type { Transact } from './sitemaps.ts';

const EXCLUDED = REASONS.code('excluded')!;

export function createExclusionKeeper(db: DatabaseSync, transact: Transact): ExclusionKeeper {
  const read = query(db, 'SELECT exclusions FROM job');
  const write = db.prepare('UPDATE job SET exclusions = ?');
  return {
    change: (change) => transact(() => void write.run(exclusionsText(change(exclusionsIn(read.get()![0]))))),
  };
}

export function createExclusionReader(db: DatabaseSync): JobReader['exclusions'] {
  const read = lenientQuery(db, 'SELECT exclusions FROM job');
  return async () => exclusionsIn(read.get()?.[0]);
}

export function createExcludedReader(db: DatabaseSync): RowReader['excludedBy'] {
  const read = lenientQuery(db, `SELECT url FROM outcomes WHERE reason = ${EXCLUDED} AND detail = ? ORDER BY url`);
  return async (pattern) => read.all(exclusionDetail(pattern)).map(([id]) => id as number);
}
