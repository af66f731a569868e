// Puts rows back into the queue in one transaction, because the user wants a retry. The old settlement becomes an
// attempt, so no history is lost, and the archive keeps the records.

import type { DatabaseSync } from 'node:sqlite';
import type { ArchivePlace } from '../../base/contracts.ts';
import { ERRORS, REASONS, STATES } from '../codes.ts';
import type { Matched, Selection } from '../job-location.ts';
import { ASKED_DUE_AT } from '../memory/backlog.ts';
import { openForReading, openForWriting, query } from './database.ts';

const REMOVED = REASONS.code('removed')!;

/** What `retryInStore` would put back; changes nothing. */
export function matchInStore(location: string, selection: Selection): Matched {
  const db = openForReading(location);
  try {
    return choose(db, selection);
  } finally {
    db.close();
  }
}

/** `location` is the path of the database; the caller holds the job's lock. `at` is in wall milliseconds. */
export function retryInStore(location: string, selection: Selection, at: number): Matched {
  const db = openForWriting(location);
  try {
    db.exec('PRAGMA synchronous = FULL; BEGIN IMMEDIATE');
    const matched = choose(db, selection);
    keepHistory(db, Math.round(at));
    askHostsAgain(db);
    putBack(db);
    forget(db, selection.lostRecords);
    // They would exclude it again.
    if (selection.reasons.includes('excluded')) db.exec('UPDATE job SET exclusions = NULL');
    db.exec('COMMIT');
    return matched;
  } finally {
    db.close();
  }
}

/** Fills a temporary table with the selected rows. It belongs to the connection and goes with it. */
function choose(db: DatabaseSync, { reasons, errors, statuses, ids, lost }: Selection): Matched {
  db.exec('CREATE TEMP TABLE chosen (url INTEGER PRIMARY KEY, is_lost INTEGER NOT NULL)');
  const chooseOne =
    db.prepare(`INSERT OR IGNORE INTO chosen SELECT u.id, ?2 FROM urls u LEFT JOIN outcomes o ON o.url = u.id
    WHERE u.id = ?1 AND coalesce(o.state, u.skip) IS NOT NULL AND coalesce(o.reason, u.skip, 0) <> ${REMOVED}`);
  for (const id of lost) chooseOne.run(id, 1);
  for (const id of ids) chooseOne.run(id, 0);
  const reasonCodes = listOf(reasons.filter((reason) => reason !== 'removed').map((reason) => REASONS.code(reason)));
  const conditions = [
    `reason IN ${reasonCodes}`,
    `error IN ${listOf(errors.map((error) => ERRORS.code(error)))}`,
    ...statuses.map(([lowest, highest]) => `status BETWEEN ${lowest} AND ${highest}`),
  ];
  db.exec(`INSERT OR IGNORE INTO chosen SELECT url, 0 FROM outcomes WHERE ${conditions.join(' OR ')};
    INSERT OR IGNORE INTO chosen SELECT id, 0 FROM urls WHERE skip IN ${reasonCodes};`);
  return query(
    db,
    `SELECT h.word, count(*) FROM chosen c JOIN urls u ON u.id = c.url JOIN hosts h ON h.id = u.host
       GROUP BY h.id ORDER BY 2 DESC, h.word`,
  ).all() as unknown as Matched;
}

function keepHistory(db: DatabaseSync, at: number): void {
  const number = '(SELECT ifnull(max(number), 0) + 1 FROM attempts a WHERE a.url = c.url)';
  db.prepare(`INSERT INTO attempts
    SELECT c.url, ${number}, ifnull(o.fetched_at, 0), o.error, ifnull(o.status, 0), o.state, o.reason, ?, o.redirect_to,
      iif(c.is_lost, NULL, o.archive_file), o.archive_offset, o.archive_length, o.sha256, NULL
    FROM chosen c JOIN outcomes o ON o.url = c.url`).run(at);
  db.prepare(`INSERT INTO attempts (url, number, at, status, state, reason, again_at)
    SELECT c.url, ${number}, 0, 0, ${STATES.all.get('skipped')}, u.skip, ?
    FROM chosen c JOIN urls u ON u.id = c.url WHERE u.skip IS NOT NULL`).run(at);
}

/**
 * Ends the hold of a host that could not be reached, so that it is requested at once. A host that asked us to wait
 * keeps its hold. If robots.txt denied a URL, a new copy of it is fetched.
 */
function askHostsAgain(db: DatabaseSync): void {
  const robots = REASONS.code('robots');
  db.exec(`UPDATE hosts SET held_until = NULL, why = NULL
    WHERE id IN (SELECT u.host FROM chosen c JOIN urls u ON u.id = c.url) AND instr(why, 'status ') = 0;
    UPDATE hosts SET robots_expires_at = 0 WHERE robots_fetched_at IS NOT NULL AND id IN
      (SELECT u.host FROM chosen c JOIN urls u ON u.id = c.url JOIN outcomes o ON o.url = c.url WHERE o.reason = ${robots});`);
}

function putBack(db: DatabaseSync): void {
  const less = (['done', 'failed', 'skipped'] as const).map((state) => {
    const skips =
      state === 'skipped'
        ? ' - (SELECT count(*) FROM chosen c JOIN urls u ON u.id = c.url WHERE u.skip IS NOT NULL)'
        : '';
    const settled = `(SELECT count(*) FROM chosen c JOIN outcomes o ON o.url = c.url WHERE o.state = ${STATES.all.get(state)})`;
    return `${state} = ${state} - ${settled}${skips}`;
  });
  // A URL that was requested before stays marked, so it counts once against the limits of the job.
  db.exec(`UPDATE totals SET ${less.join(', ')};
    INSERT INTO queue SELECT u.host, u.id,
      iif(EXISTS (SELECT 1 FROM attempts a WHERE a.url = u.id AND a.at > 0), ${ASKED_DUE_AT}, 0), 0
      FROM chosen c JOIN urls u ON u.id = c.url;
    DELETE FROM page_texts WHERE url IN (SELECT url FROM chosen);
    DELETE FROM bad_links WHERE url IN (SELECT url FROM chosen);
    DELETE FROM unkept_links WHERE url IN (SELECT url FROM chosen);
    DELETE FROM outcomes WHERE url IN (SELECT url FROM chosen);
    UPDATE urls SET skip = NULL WHERE skip IS NOT NULL AND id IN (SELECT url FROM chosen);`);
}

function forget(db: DatabaseSync, records: readonly ArchivePlace[]): void {
  const forgetOne = db.prepare(`UPDATE attempts SET archive_file = NULL
    WHERE archive_file = (SELECT id FROM words WHERE word = ?) AND archive_offset = ?`);
  for (const { file, offset } of records) forgetOne.run(file, offset);
}

function listOf(codes: readonly (number | null)[]): string {
  return `(${codes.join(', ')})`;
}
