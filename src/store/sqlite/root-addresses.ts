// The private addresses that the roots' names had when the job began.

import type { DatabaseSync } from 'node:sqlite';
import type { RootAddresses } from '../../base/contracts.ts';
import { query } from './database.ts';
import type { Transact } from './sitemaps.ts';

export function createRootAddresses(db: DatabaseSync, transact: Transact): RootAddresses {
  const read = query(db, 'SELECT root_addresses FROM job');
  const write = db.prepare('UPDATE job SET root_addresses = ?');
  return {
    known() {
      const [text] = read.get() as [string | null];
      return text === null ? null : new Map(JSON.parse(text) as [string, string[] | null][]);
    },
    keep: (found) => transact(() => void write.run(JSON.stringify([...found]))),
  };
}
