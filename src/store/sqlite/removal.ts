// Removes a URL from the store in one transaction. What was known of it is deleted; a row stays and says that it was
// removed.

import { REASONS, STATES } from '../codes.ts';
import type { Move } from '../job-location.ts';
import { openForWriting, query } from './database.ts';
import { createDictionary } from './dictionary.ts';

/**
 * `location` is the path of the database; the caller holds the job's lock. `id` is the row's id; null only updates
 * moved records. `at` is in wall milliseconds.
 */
export function removeFromStore(location: string, id: number | null, moves: readonly Move[], at: number): void {
  const db = openForWriting(location);
  try {
    // Deleted data is overwritten in the file, and the checkpoint then overwrites it in the log.
    db.exec('PRAGMA secure_delete = ON; PRAGMA synchronous = FULL; BEGIN IMMEDIATE');
    const words = createDictionary(db, 'words', moves.length + 1);
    for (const table of ['outcomes', 'attempts']) {
      const move = db.prepare(`UPDATE ${table} SET archive_file = ?, archive_offset = ?, archive_length = ?
        WHERE archive_file = ? AND archive_offset = ?`);
      for (const { from, to } of moves) {
        move.run(words.idOf(to.file), to.offset, to.length, words.idOf(from.file), from.offset);
      }
    }
    if (id !== null) bury(id);
    db.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    db.close();
  }

  function bury(url: number): void {
    const [state, skip] = query(
      db,
      'SELECT o.state, u.skip FROM urls u LEFT JOIN outcomes o ON o.url = u.id WHERE u.id = ?',
    ).get(url) as [number | null, number | null];
    const removed = REASONS.code('removed');
    for (const table of ['queue', 'attempts', 'page_texts', 'mentions', 'bad_links', 'unkept_links']) {
      db.prepare(`DELETE FROM ${table} WHERE url = ?`).run(url);
    }
    // A repeated takedown keeps the time of the first one.
    db.prepare('INSERT OR IGNORE INTO removals VALUES (?, ?)').run(url, at);
    if (state === null && skip !== null) {
      db.prepare('UPDATE urls SET skip = ? WHERE id = ?').run(removed, url);
      return;
    }
    // The time of the request stays, because it counts against the job's limits.
    db.prepare(`INSERT INTO outcomes (url, state, reason, tries) VALUES (?1, ?2, ?3, 0) ON CONFLICT (url) DO UPDATE SET
      state = ?2, reason = ?3, error = NULL, status = NULL, truncated = NULL, content_type = NULL, charset = NULL, bytes = NULL,
      elapsed_ms = NULL, remote_address = NULL, archive_file = NULL, archive_offset = NULL, archive_length = NULL,
      redirect_to = NULL, sha256 = NULL, title = NULL, links = NULL, detail = NULL,
      redirect_fragment = NULL, protocol = NULL`).run(url, STATES.code('skipped'), removed);
    const word = STATES.word(state);
    if (word === 'skipped') return;
    db.exec(`UPDATE totals SET skipped = skipped + 1${word === null ? '' : `, ${word} = ${word} - 1`}`);
  }
}
