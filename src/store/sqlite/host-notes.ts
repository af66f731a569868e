// What is remembered about hosts: holds and robots.txt.

import type { DatabaseSync } from 'node:sqlite';
import type { HostNote } from '../../base/contracts.ts';
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
  return ({ host, heldUntil, why, robots, answered }) => {
    const id = hosts.idOf(host);
    if (heldUntil !== undefined) setHeldUntil.run(times.toWall(heldUntil), id);
    if (why !== undefined) setWhy.run(why, id);
    if (answered === true) setAnswered.run(id);
    if (robots === undefined) return;
    const { fetchedAt, expiresAt, status, body } = robots;
    setRobots.run(times.toWall(fetchedAt), times.toWall(expiresAt), status, body, id);
  };
}
