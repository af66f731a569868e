// Reads the queues of hosts: what waits when a host is taken, then a window at a time, and the URLs that are leased.

import type { Lease } from '../../base/contracts.ts';
import { HOSTS_NEAR_MAX } from '../../base/limits.ts';
import type { QueueReader, Returned } from '../memory/backlog.ts';
import type { HostTurn } from '../memory/rotation.ts';
import { rowsOf } from './batch.ts';
import type { Ask } from './line.ts';
import type { DatabaseTimes } from './times.ts';

/** In `queue`, a value up to this one is a mark and not a time (backlog.ts of the memory). */
const LAST_MARK = 2;
const WINDOWS = { host: 'bigint', most: 'integer' };
const HOSTS = { host: 'bigint' };
const KEYS = { host: 'bigint', url: 'bigint' };

/** Windows that were asked for, and windows that are there. */
export interface Windows {
  /** Null if the window is not there yet. */
  readonly read: QueueReader['window'];
  /** Reads the windows that were asked for; false if there are none. */
  fetch(ask: Ask): Promise<boolean>;
  /** Nothing that was read of the host counts any more. */
  forget(hostId: number): void;
}

/** `inHand` has the ids of a host's URLs that are leased. Others queue URLs too, so a window begins at the first id. */
export function createWindows(schema: string, inHand: (hostId: number) => ReadonlySet<number>): Windows {
  const sql = `SELECT r.host, w.url FROM ${rowsOf(WINDOWS)} CROSS JOIN LATERAL (
      SELECT q.url FROM ${schema}.queue q WHERE q.host = r.host AND q.due_at = 0
      ORDER BY q.url LIMIT r.most) w ORDER BY r.host, w.url`;
  const wanted = new Map<number, number>();
  const there = new Map<number, number[]>();
  return {
    read(hostId, _afterId, most) {
      const ids = there.get(hostId);
      there.delete(hostId);
      if (ids !== undefined) return ids;
      wanted.set(hostId, most);
      return null;
    },
    async fetch(ask) {
      if (wanted.size === 0) return false;
      const all = [...wanted];
      wanted.clear();
      // As it is now: what is settled meanwhile may still be in the answer.
      const held = new Map(all.map(([hostId]) => [hostId, new Set(inHand(hostId))]));
      const { rows } = await ask(sql, [
        all.map(([hostId]) => hostId),
        all.map(([hostId, most]) => most + held.get(hostId)!.size),
      ]);
      // Windows that were not needed after all are read again.
      if (there.size > HOSTS_NEAR_MAX) there.clear();
      for (const [hostId] of all) there.set(hostId, []);
      for (const [hostId, id] of rows as [number, number][]) {
        if (!held.get(hostId)!.has(id)) there.get(hostId)!.push(id);
      }
      for (const [hostId, most] of all) there.get(hostId)!.splice(most);
      return true;
    },
    forget(hostId) {
      wanted.delete(hostId);
      there.delete(hostId);
    },
  };
}

/** What waits in the queue of one host when a process takes it. */
export interface Backlog {
  readonly hostId: number;
  /** The first URL that was never put back; null if there is none. */
  readonly firstId: number | null;
  readonly returned: readonly Returned[];
}

/** Reads what waits in the queues of these hosts; the host whose first URL was found first comes first. */
export function createBacklogReader(
  schema: string,
  times: DatabaseTimes,
): (ask: Ask, hostIds: readonly number[]) => Promise<Backlog[]> {
  const first = `SELECT r.host, (SELECT min(w.url) FROM (SELECT q.url FROM ${schema}.queue q
      WHERE q.host = r.host AND q.due_at = 0 ORDER BY q.url LIMIT 1) w) FROM ${rowsOf(HOSTS)}`;
  const returned = `SELECT q.host, q.url, q.due_at, q.tries FROM ${rowsOf(HOSTS)}
    JOIN ${schema}.queue q ON q.host = r.host AND q.due_at > 0`;
  return async (ask, hostIds) => {
    const [firsts, backs] = await Promise.all([ask(first, [hostIds]), ask(returned, [hostIds])]);
    const byHost = new Map<number, Returned[]>();
    for (const [hostId, id, due, tries] of backs.rows as [number, number, number, number][]) {
      const dueAt = due > LAST_MARK ? times.toSteady(due) : due;
      const known = byHost.get(hostId);
      if (known === undefined) byHost.set(hostId, [{ id, dueAt, tries }]);
      else known.push({ id, dueAt, tries });
    }
    const all = (firsts.rows as [number, number | null][]).map(([hostId, firstId]) => {
      return { hostId, firstId, returned: byHost.get(hostId) ?? [] };
    });
    return all.sort((a, b) => (a.firstId ?? Number.POSITIVE_INFINITY) - (b.firstId ?? Number.POSITIVE_INFINITY));
  };
}

/** Reads what a lease says about the URLs whose turn has come, in their order. */
export function createLeaseReader(schema: string): (ask: Ask, turns: readonly HostTurn[]) => Promise<Lease[]> {
  // Not EXISTS, which may become a table of all attempts.
  const taken = `(SELECT max(a.number) FROM ${schema}.attempts a
    WHERE a.host = r.host AND a.url = r.url AND a.state IS NOT NULL) IS NOT NULL`;
  const read = `SELECT u.id, u.url, u.depth, u.hops, ${taken} FROM ${rowsOf(KEYS)}
    JOIN ${schema}.urls u ON u.host = r.host AND u.id = r.url`;
  const readForms = `SELECT a.url, a.form, a.at FROM ${rowsOf(KEYS)} JOIN ${schema}.attempts a ON a.host = r.host AND a.url = r.url
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
      const redirects = formRows.filter(([url]) => url === id) as [id: number, form: string, at: number][];
      const forms = [found, ...redirects.map(([, form]) => form)];
      const formsAskedAt = redirects.map(([, , at]) => at);
      const url = forms.pop()!;
      return { id, url, forms, formsAskedAt, host, hostId, depth, hops, tries, wasAsked, wasTakenBack };
    });
  };
}
