// What is remembered of hosts: holds and robots.txt.

import type { DatabaseSync } from 'node:sqlite';
import type { HostNote } from '../base/contracts.ts';
import type { Dictionary } from './dictionary.ts';

/** Writes a note; what it does not have stays as it is. */
export function createHostNoteWriter(db: DatabaseSync, hosts: Dictionary): (note: HostNote) => void {
  const setHeldUntil = db.prepare('UPDATE hosts SET held_until = ? WHERE id = ?');
  const setWhy = db.prepare('UPDATE hosts SET why = ? WHERE id = ?');
  const setRobots = db.prepare(`UPDATE hosts
    SET robots_fetched_at = ?, robots_expires_at = ?, robots_status = ?, robots_body = ? WHERE id = ?`);
  return ({ host, heldUntil, why, robots }) => {
    const id = hosts.idOf(host);
    if (heldUntil !== undefined) setHeldUntil.run(storableTime(heldUntil), id);
    if (why !== undefined) setWhy.run(why, id);
    if (robots === undefined) return;
    const { fetchedAt, expiresAt, status, body } = robots;
    setRobots.run(storableTime(fetchedAt), storableTime(expiresAt), status, body, id);
  };
}

/** Times may be fractions or `Infinity`; the database keeps integers that a number can hold. */
function storableTime(at: number): number {
  return Math.min(Math.ceil(at), Number.MAX_SAFE_INTEGER);
}
