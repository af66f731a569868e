// What is remembered about hosts: holds, robots.txt, and what the run that goes on has learnt.

import type { DatabaseSync } from 'node:sqlite';
import type { HostNote, HostRow, StoredHost } from '../../base/contracts.ts';
import { assertTimes, assertUrl } from '../sound.ts';
import { type Cells, query } from './database.ts';
import type { Dictionary } from './dictionary.ts';
import type { StoredTimes } from './times.ts';

/** Writes a note. Fields that the note lacks stay unchanged. */
export function createHostNoteWriter(
  db: DatabaseSync,
  hosts: Dictionary,
  times: StoredTimes,
): (note: HostNote) => void {
  const setHeldUntil = db.prepare('UPDATE hosts SET held_until = ? WHERE id = ?');
  const setAnswered = db.prepare('UPDATE hosts SET answered = 1 WHERE id = ?');
  const setWhy = db.prepare('UPDATE hosts SET why = ? WHERE id = ?');
  const setRobots = db.prepare(`UPDATE hosts
    SET robots_fetched_at = ?, robots_expires_at = ?, robots_status = ?, robots_body = ? WHERE id = ?`);
  const setRest = db.prepare('INSERT OR REPLACE INTO host_rests VALUES (?, ?)');
  return ({ host, heldUntil, why, robots, answered, rest }) => {
    const id = hosts.idOf(host);
    if (heldUntil !== undefined) setHeldUntil.run(times.toWall(heldUntil), id);
    if (why !== undefined) setWhy.run(why, id);
    if (answered === true) setAnswered.run(id);
    if (rest !== undefined) setRest.run(id, rest);
    if (robots === undefined) return;
    const { fetchedAt, expiresAt, status, body } = robots;
    setRobots.run(times.toWall(fetchedAt), times.toWall(expiresAt), status, body, id);
  };
}

/** Reads hosts by their names; null for a host without a row. */
export function createHostReader(db: DatabaseSync): (hosts: readonly string[]) => (StoredHost | null)[] {
  const read = query(db, 'SELECT * FROM hosts WHERE word = ?');
  const readRest = query(db, 'SELECT rest FROM host_rests WHERE host = ?');
  return (hosts) =>
    hosts.map((host) => {
      const cells = read.get(host);
      if (cells === undefined) return null;
      const row = hostRowOf(cells);
      return { ...row, rest: (readRest.get(row.id)?.[0] ?? null) as string | null };
    });
}

/** The next run knows nothing of what this one has learnt. */
export function forgetRests(db: DatabaseSync): void {
  if (query(db, 'SELECT 1 FROM host_rests LIMIT 1').get() !== undefined) db.exec('DELETE FROM host_rests');
}

export function hostRowOf(cells: Cells): HostRow {
  const [id, host, heldUntil, why, fetchedAt, expiresAt, status, body, answered] = cells as [
    number,
    string,
    number | null,
    string | null,
    number | null,
    number,
    number,
    Uint8Array | null,
    number,
  ];
  assertTimes(`host ${id}`, heldUntil, fetchedAt, expiresAt);
  assertUrl(`host ${id}`, host);
  const robots = fetchedAt === null ? null : { fetchedAt, expiresAt, status, body };
  // A hold that has ended is stored as a hold until 0.
  return { id, host, answered: answered === 1, heldUntil: heldUntil || null, why: why || null, robots };
}
