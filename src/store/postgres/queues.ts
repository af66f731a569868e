// Reads the queues of hosts: all of them when a job is opened, then a window of one host at a time, and the URLs that
// are leased.

import type { Lease } from '../../base/contracts.ts';
import { HOSTS_NEAR_MAX } from '../../base/limits.ts';
import type { QueueReader } from '../memory/backlog.ts';
import { createRotation, type HostTurn, type Rotation } from '../memory/rotation.ts';
import { rowsOf } from './batch.ts';
import type { Ask } from './line.ts';
import type { DatabaseTimes } from './times.ts';

/** In `queue`, a value up to this one is a mark and not a time (backlog.ts of the memory). */
const LAST_MARK = 2;
const WINDOWS = { host: 'bigint', after: 'bigint', most: 'integer' };
const KEYS = { host: 'bigint', url: 'bigint' };

interface Window {
  readonly afterId: number;
  readonly most: number;
}

/** Windows that were asked for, and windows that are there. */
export interface Windows {
  /** Null if the window is not there yet. */
  readonly read: QueueReader['window'];
  /** Reads the windows that were asked for; false if there are none. */
  fetch(ask: Ask): Promise<boolean>;
}

export function createWindows(schema: string): Windows {
  const sql = `SELECT r.host, w.url FROM ${rowsOf(WINDOWS)} CROSS JOIN LATERAL (
      SELECT q.url FROM ${schema}.queue q WHERE q.host = r.host AND q.url > r.after AND q.due_at = 0
      ORDER BY q.url LIMIT r.most) w ORDER BY r.host, w.url`;
  const wanted = new Map<number, Window>();
  const there = new Map<number, Window & { readonly ids: number[] }>();
  return {
    read(hostId, afterId, most) {
      const window = there.get(hostId);
      there.delete(hostId);
      // More may have been queued since it was read.
      if (window?.afterId === afterId && window.most === most) return window.ids;
      wanted.set(hostId, { afterId, most });
      return null;
    },
    async fetch(ask) {
      if (wanted.size === 0) return false;
      const all = [...wanted];
      wanted.clear();
      const { rows } = await ask(sql, [
        all.map(([hostId]) => hostId),
        all.map(([, { afterId }]) => afterId),
        all.map(([, { most }]) => most),
      ]);
      // Windows that were not needed after all are read again.
      if (there.size > HOSTS_NEAR_MAX) there.clear();
      for (const [hostId, window] of all) there.set(hostId, { ...window, ids: [] });
      for (const [hostId, id] of rows as [number, number][]) there.get(hostId)!.ids.push(id);
      return true;
    },
  };
}

export interface StoredTurns {
  readonly turns: Rotation;
  /** The number of rows of the queue. */
  readonly pending: number;
  /** The names of hosts with URLs in the queue, by id; it grows with them. */
  readonly names: Map<number, string>;
}

/** Whose turn it is, from the whole queue. */
export async function readTurns(
  ask: Ask,
  schema: string,
  windows: Windows,
  times: DatabaseTimes,
): Promise<StoredTurns> {
  const names = new Map<number, string>();
  const nameOf = (hostId: number): string => {
    const name = names.get(hostId);
    if (name === undefined) throw new Error(`store: host ${hostId} has URLs in the queue and no name`);
    return name;
  };
  const turns = createRotation({ window: windows.read, nameOf });
  let pending = 0;
  const untried = await ask(
    `SELECT q.host, h.name, q.count FROM
       (SELECT host, count(*) AS count, min(url) AS first FROM ${schema}.queue WHERE due_at = 0 GROUP BY host) q
       JOIN ${schema}.hosts h ON h.id = q.host ORDER BY q.first`,
  );
  for (const [hostId, host, count] of untried.rows as [number, string, number][]) {
    names.set(hostId, host);
    turns.known(hostId, count);
    pending += count;
  }
  const returned = await ask(
    `SELECT q.host, h.name, q.url, q.due_at, q.tries FROM ${schema}.queue q JOIN ${schema}.hosts h ON h.id = q.host
       WHERE q.due_at > 0 ORDER BY q.url`,
  );
  for (const [hostId, host, id, due, tries] of returned.rows as [number, string, number, number, number][]) {
    names.set(hostId, host);
    turns.putBack(hostId, { id, dueAt: due > LAST_MARK ? times.toSteady(due) : due, tries });
    pending += 1;
  }
  return { turns, pending, names };
}

/** Reads what a lease says about the URLs whose turn has come, in their order. */
export function createLeaseReader(schema: string): (ask: Ask, turns: readonly HostTurn[]) => Promise<Lease[]> {
  // Not EXISTS, which may become a table of all attempts.
  const taken = `(SELECT max(a.number) FROM ${schema}.attempts a
    WHERE a.host = r.host AND a.url = r.url AND a.state IS NOT NULL) IS NOT NULL`;
  const read = `SELECT u.id, u.url, u.depth, u.hops, ${taken} FROM ${rowsOf(KEYS)}
    JOIN ${schema}.urls u ON u.host = r.host AND u.id = r.url`;
  const readForms = `SELECT a.url, a.form FROM ${rowsOf(KEYS)} JOIN ${schema}.attempts a ON a.host = r.host AND a.url = r.url
    WHERE a.form IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ${schema}.attempts later WHERE later.host = a.host
      AND later.url = a.url AND later.number > a.number AND later.state IS NOT NULL)
    ORDER BY a.number`;
  const placesOf = (turns: readonly HostTurn[]) => [turns.map(({ hostId }) => hostId), turns.map(({ id }) => id)];

  return async (ask, turns) => {
    const again = turns.filter(({ wasPutBack }) => wasPutBack);
    const [{ rows }, formRows] = await Promise.all([
      ask(read, placesOf(turns)),
      again.length === 0 ? [] : ask(readForms, placesOf(again)).then((answer) => answer.rows),
    ]);
    const byId = new Map(rows.map((row) => [row[0] as number, row]));
    return turns.map(({ id, host, hostId, tries, wasAsked }) => {
      const row = byId.get(id);
      if (row === undefined) throw new Error(`store: row ${id} cannot be leased`);
      const [, found, depth, hops, wasTakenBack] = row as [number, string, number, number, boolean];
      const forms = [found, ...formRows.filter(([url]) => url === id).map(([, form]) => form as string)];
      const url = forms.pop()!;
      return { id, url, forms, host, hostId, depth, hops, tries, wasAsked, wasTakenBack };
    });
  };
}
