// Stores repeated texts (hosts, media types, addresses, file names) as ids of a table. It keeps a bounded part of the
// table in memory and reads the rest.

import type { DatabaseSync } from 'node:sqlite';
import { ID_MAX } from '../memory/seen.ts';
import { query } from './database.ts';

export interface Dictionary {
  /** The id of `word`; a new word is added. */
  idOf(word: string): number;
  /** The same; null for an empty text. */
  idOrNull(word: string): number | null;
  /** Throws if there is no such id. */
  wordOf(id: number): string;
  /** Forgets the words in memory, because a rolled back transaction may have added some. */
  forget(): void;
}

/** `entriesMax` is how many words are kept in memory. The table has the columns `id` and `word`. */
export function createDictionary(db: DatabaseSync, table: 'words' | 'hosts', entriesMax: number): Dictionary {
  const find = query(db, `SELECT id FROM ${table} WHERE word = ?`);
  const read = query(db, `SELECT word FROM ${table} WHERE id = ?`);
  const insert = db.prepare(`INSERT INTO ${table} (id, word) VALUES (?, ?)`);
  const ids = new Map<string, number>();
  const highest = query(db, `SELECT ifnull(max(id), 0) FROM ${table}`);
  let last = Number(highest.get()![0]);
  if (!(last <= ID_MAX)) throw new Error(`store: id ${last} of ${table} is too large`);

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
