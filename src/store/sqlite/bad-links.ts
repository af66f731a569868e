// Links that cannot become URLs, and the pages that contain them. They have no row, because a row is a URL.

import type { DatabaseSync } from 'node:sqlite';
import type { BadLink, LinkReader } from '../../base/contracts.ts';
import { ROWS_READ_MAX } from '../../base/limits.ts';
import { query } from './database.ts';
import type { Dictionary } from './dictionary.ts';

export function createBadLinkWriter(
  db: DatabaseSync,
  words: Dictionary,
): (page: number, bad: readonly BadLink[]) => void {
  const insert = db.prepare('INSERT OR IGNORE INTO bad_links VALUES (?, ?, ?)');
  return (page, bad) => {
    for (const { href, element } of bad) insert.run(page, words.idOf(href), words.idOf(element));
  };
}

export function createBadLinkReader(db: DatabaseSync): LinkReader['bad'] {
  const after = query(
    db,
    `SELECT b.url, b.href, h.word, e.word FROM bad_links b JOIN words h ON h.id = b.href JOIN words e ON e.id = b.element
       WHERE (b.url, b.href) > (?, ?) ORDER BY b.url, b.href LIMIT ${ROWS_READ_MAX}`,
  );
  return async function* () {
    for (let last: readonly [number, number] = [0, 0]; ; ) {
      const rows = after.all(...last) as unknown as (readonly [number, number, string, string])[];
      yield rows.map(([page, , href, element]) => ({ page, href, element }));
      if (rows.length < ROWS_READ_MAX) return;
      const [page, href] = rows.at(-1)!;
      last = [page, href];
    }
  };
}
