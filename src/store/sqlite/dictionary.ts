// Texts that come again and again (hosts, media types, addresses, file names) as ids of a table. A bounded part of it is
// kept in memory; the rest is asked for.

import type { DatabaseSync } from 'node:sqlite';
import { query } from './database.ts';

export interface Dictionary {
  /** The id of `word`, which is added where it is new. */
  idOf(word: string): number;
  /** Null for an empty text. */
  idOrNull(word: string): number | null;
  /** Throws where there is no such id. */
  wordOf(id: number): string;
  /** What was added in a transaction that was rolled back is not known any more. */
  forget(): void;
}

/** `entriesMax`: how many are kept in memory. The table has the columns `id` and `word`. */
export function createDictionary(db: DatabaseSync, table: 'words' | 'hosts', entriesMax: number): Dictionary {
  const find = query(db, `SELECT id FROM ${table} WHERE word = ?`);
  const read = query(db, `SELECT word FROM ${table} WHERE id = ?`);
  const insert = db.prepare(`INSERT INTO ${table} (id, word) VALUES (?, ?)`);
  const ids = new Map<string, number>();
  const highest = query(db, `SELECT ifnull(max(id), 0) FROM ${table}`);
  let last = Number(highest.get()![0]);

  const idOf = (word: string): number => {
    const known = ids.get(word);
    if (known !== undefined) return known;
    let id = find.get(word)?.[0] as number | undefined;
    if (id === undefined) {
      last += 1;
      id = last;
      insert.run(id, word);
    }
    if (ids.size >= entriesMax) ids.clear();
    ids.set(word, id);
    return id;
  };

  return {
    idOf,
    idOrNull: (word) => (word === '' ? null : idOf(word)),
    wordOf(id) {
      const cells = read.get(id);
      if (cells === undefined) throw new Error(`store: no row ${id} in ${table}`);
      return cells[0] as string;
    },
    forget() {
      ids.clear();
      last = Number(highest.get()![0]);
    },
  };
}
