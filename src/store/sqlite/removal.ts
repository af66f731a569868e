// A URL is taken out of the store: what was known of it goes, in one transaction, and a row stays that says so.

import type { ArchivePlace } from '../../base/contracts.ts';
import { REASONS, STATES } from './codes.ts';
import { openForWriting, query } from './database.ts';
import { createDictionary } from './dictionary.ts';

/** A record that stands elsewhere now. */
export interface Move {
  readonly from: ArchivePlace;
  readonly to: ArchivePlace;
}

/** `location` is the database's path, whose job is locked by the caller; `id` the row's, null to move records only; `at` wall milliseconds. */
export function removeFromStore(location: string, id: number | null, moves: readonly Move[], at: number): void {
  const db = openForWriting(location);
  try {
    // What is deleted is overwritten, in the file and then, by the checkpoint, in the log.
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
    // Asked for again, it was taken down when it was first.
    db.prepare('INSERT OR IGNORE INTO removals VALUES (?, ?)').run(url, at);
    if (state === null && skip !== null) {
      db.prepare('UPDATE urls SET skip = ? WHERE id = ?').run(removed, url);
      return;
    }
    // When it was asked stays: that counts against the limits of the job.
    db.prepare(`INSERT INTO outcomes (url, state, reason, tries) VALUES (?1, ?2, ?3, 0) ON CONFLICT (url) DO UPDATE SET
      state = ?2, reason = ?3, error = NULL, status = NULL, truncated = NULL, content_type = NULL, charset = NULL, bytes = NULL,
      elapsed_ms = NULL, remote_address = NULL, archive_file = NULL, archive_offset = NULL, archive_length = NULL,
      redirect_to = NULL, sha256 = NULL, title = NULL, links = NULL, detail = NULL`).run(
      url,
      STATES.code('skipped'),
      removed,
    );
    const word = STATES.word(state);
    if (word === 'skipped') return;
    db.exec(`UPDATE totals SET skipped = skipped + 1${word === null ? '' : `, ${word} = ${word} - 1`}`);
  }
}
