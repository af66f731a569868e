// Reads from the database what an open job has in memory: the table of seen keys, whose turn it is, and the counts. It
// also checks the database for contradictions.

import type { DatabaseSync } from 'node:sqlite';
import { REASONS, STATES } from '../codes.ts';
import { createDepths, DEEP, type Depths } from '../memory/depths.ts';
import { createRotation, type Rotation } from '../memory/rotation.ts';
import { createSeen, type Seen } from '../memory/seen.ts';
import type { Totals } from '../store.ts';
import { query } from './database.ts';
import { createDictionary } from './dictionary.ts';
import { LAST_MARK, type StoredTimes } from './times.ts';

/** What is known of all URLs. It equals the database, except for the transaction that is being written. */
export interface Memory {
  readonly seen: Seen;
  readonly depths: Depths;
  /** The highest id, which is also the number of URLs. */
  readonly lastId: number;
}

export interface LoadedJob extends Memory {
  readonly turns: Rotation;
  readonly totals: Totals;
  /** The totals in the database if they differ from what its rows add up to. */
  readonly wrongTotals: Omit<Totals, 'pending'> | null;
  /** For each archive file, where the last record with a row ends. */
  readonly archiveEnds: ReadonlyMap<string, number>;
}

const NOT_FOLLOWED = REASONS.code('nofollow');

/** Throws a plain Error if the tables contradict each other. */
export function loadJob(db: DatabaseSync, times: StoredTimes): LoadedJob {
  const { skips, ...memory } = readMemory(db);
  const { turns, pending } = loadTurns(db, times);
  const { counts, archiveEnds } = loadSettled(db);
  const totals = { pending, ...counts, skipped: counts.skipped + skips };
  const sum = pending + totals.done + totals.failed + totals.skipped;
  if (sum !== memory.lastId) {
    throw new Error(`there are ${memory.lastId} URLs, and ${sum} are queued, done, failed or skipped`);
  }
  const [done, failed, skipped] = query(db, 'SELECT done, failed, skipped FROM totals').get() as number[];
  const isRight = done === totals.done && failed === totals.failed && skipped === totals.skipped;
  const wrongTotals = isRight ? null : { done: done!, failed: failed!, skipped: skipped! };
  return { ...memory, turns, totals, wrongTotals, archiveEnds };
}

/** `skips` is how many URLs were never queued. */
export function readMemory(db: DatabaseSync): Memory & { readonly skips: number } {
  const lastId = Number(query(db, 'SELECT ifnull(max(id), 0) FROM urls').get()![0]);
  const seen = createSeen(lastId);
  const depths = createDepths();
  let id = 0;
  let skips = 0;
  // An aggregate receives each row without making a row object. Reading takes a third of the time.
  db.aggregate('gossamer_load', {
    start: 0,
    step: (_, rowId, high, low, depth, skip) => {
      id += 1;
      if (rowId !== id || seen.put(high as number, low as number, id) !== id) {
        throw new Error(`row ${id} of urls is missing or occurs twice`);
      }
      depths.set(id, skip === NOT_FOLLOWED ? DEEP : (depth as number));
      if (skip !== null) skips += 1;
      return 0;
    },
  });
  db.prepare('SELECT gossamer_load(id, hash_high, hash_low, depth, skip) FROM urls').get();
  if (id !== lastId) throw new Error(`${id} of ${lastId} URLs were read`);
  return { seen, depths, lastId, skips };
}

/** How many URLs were settled in each state, and where their records end. */
function loadSettled(db: DatabaseSync) {
  const counts = { done: 0, failed: 0, skipped: 0 };
  const ends = new Map<number, number>();
  db.aggregate('gossamer_settled', {
    start: 0,
    step: (_, state, file, end) => {
      counts[STATES.word(state as number)!] += 1;
      if (file !== null && (ends.get(file as number) ?? 0) < (end as number)) ends.set(file as number, end as number);
      return 0;
    },
  });
  db.prepare('SELECT gossamer_settled(state, archive_file, archive_offset + archive_length) FROM outcomes').get();
  // A settlement that was undone still has its records.
  const earlier = query(
    db,
    `SELECT archive_file, max(archive_offset + archive_length) FROM attempts WHERE archive_file IS NOT NULL
       GROUP BY archive_file`,
  );
  for (const [file, end] of earlier.all() as unknown as [number, number][]) {
    ends.set(file, Math.max(end, ends.get(file) ?? 0));
  }
  const words = query(db, 'SELECT word FROM words WHERE id = ?');
  const archiveEnds = new Map([...ends].map(([file, end]) => [words.get(file)![0] as string, end]));
  return { counts, archiveEnds };
}

function loadTurns(db: DatabaseSync, times: StoredTimes): { turns: Rotation; pending: number } {
  const window = query(db, 'SELECT url FROM queue WHERE host = ? AND url > ? AND due_at = 0 ORDER BY url LIMIT ?');
  const hosts = createDictionary(db, 'hosts', 0);
  const turns = createRotation({
    window: (hostId, afterId, most) => window.all(hostId, afterId, most).map((cells) => cells[0] as number),
    nameOf: hosts.wordOf,
  });
  let pending = 0;
  db.aggregate('gossamer_queued', {
    start: 0,
    step: (_, hostId, count) => {
      turns.known(hostId as number, count as number);
      pending += count as number;
      return 0;
    },
  });
  db.prepare(
    `SELECT gossamer_queued(q.host, q.count) FROM
       (SELECT host, count(*) AS count FROM queue WHERE due_at = 0 GROUP BY host ORDER BY host) q
       JOIN hosts h ON h.id = q.host`,
  ).get();
  db.aggregate('gossamer_returned', {
    start: 0,
    step: (_, hostId, id, due, tries) => {
      const dueAt = (due as number) > LAST_MARK ? times.toSteady(due as number) : (due as number);
      turns.putBack(hostId as number, { id: id as number, dueAt, tries: tries as number });
      pending += 1;
      return 0;
    },
  });
  db.prepare(
    `SELECT gossamer_returned(q.host, q.url, q.due_at, q.tries) FROM queue q JOIN hosts h ON h.id = q.host
       WHERE q.due_at > 0`,
  ).get();
  return { turns, pending };
}
