// Tells the owner of a host, or whoever takes the host next, that it has something to do.

import { rowsOf } from './batch.ts';
import type { Ask } from './line.ts';

/** Resolves to true if nobody had anything to do for one of these hosts before. */
export type TellOthers = (ask: Ask, hostIds: Iterable<number>) => Promise<boolean>;

const HOSTS = { id: 'bigint' };

/** Works inside the transaction that has queued something. `isOurs` tells of which hosts nobody else need be told. */
export function createTellOthers(schema: string, isOurs: (hostId: number) => boolean): TellOthers {
  // Whoever gives back a host waits for this lock, and then sees what was queued.
  const lock = `SELECT h.id FROM ${rowsOf(HOSTS)} JOIN ${schema}.hosts h ON h.id = r.id ORDER BY h.id FOR KEY SHARE OF h`;
  const open = `UPDATE ${schema}.hosts h SET open_at = 0 FROM ${rowsOf(HOSTS)} WHERE h.id = r.id AND h.open_at IS NULL`;
  return async (ask, hostIds) => {
    const others = [...new Set(hostIds)].filter((id) => !isOurs(id)).sort((a, b) => a - b);
    if (others.length === 0) return false;
    const [, { changed }] = await Promise.all([ask(lock, [others]), ask(open, [others])]);
    return changed > 0;
  };
}
