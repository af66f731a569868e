// Reads what is stored of hosts.

import type { HostRow, HostShelf, StoredHost } from '../../base/contracts.ts';
import { assertTimes, assertUrl } from '../sound.ts';
import type { Ask, DatabaseRow as Row } from './line.ts';
import type { Membership } from './membership.ts';
import type { DatabaseTimes } from './times.ts';

/** The columns of `storedRowOf`. */
export const HOST_COLUMNS =
  'h.id, h.name, h.held_until, h.why, h.robots_fetched_at, h.robots_expires_at, h.robots_status, h.robots_body, h.answered';

/** What earlier sessions have noted for themselves is not read. */
export function createShelf(
  ask: Ask,
  schema: string,
  { id, session }: Pick<Membership, 'id' | 'session'>,
  times: DatabaseTimes,
): HostShelf {
  const read = `SELECT ${HOST_COLUMNS}, CASE WHEN h.rest_epoch = ${session} THEN h.rest END, h.rest_ahead_ms,
      h.rest_epoch = ${session} AND h.rest_worker <> ${id}, h.dropped_at IS NOT NULL, h.asked
    FROM unnest($1::text[]) AS r(name) JOIN ${schema}.host_names n ON n.name = r.name JOIN ${schema}.hosts h ON h.id = n.id`;
  return {
    async load(hosts) {
      const byName = new Map((await ask(read, [hosts])).rows.map((row) => [row[1], row]));
      return hosts.map((host) => {
        const row = byName.get(host);
        return row === undefined ? null : restingRowOf(row, times);
      });
    },
  };
}

/** The database's times as this machine's clock shows them. */
function restingRowOf(row: Row, { toWall, aheadMs }: DatabaseTimes): StoredHost {
  const { robots, heldUntil, ...host } = storedRowOf(row);
  const [rest, restAheadMs, isFromOther, wasDropped, asked] = row.slice(9) as [
    ...rest: [string | null, number | null],
    ...handed: [boolean | null, boolean],
    asked: number,
  ];
  const handed = { aheadMs: (restAheadMs ?? 0) - aheadMs(), wasDropped };
  return {
    ...host,
    heldUntil: heldUntil === null ? null : toWall(heldUntil),
    robots:
      robots === null
        ? null
        : { ...robots, fetchedAt: toWall(robots.fetchedAt), expiresAt: robots.expiresAt && toWall(robots.expiresAt) },
    rest,
    ...(asked > 0 && { asked }),
    ...((isFromOther === true || wasDropped) && { handed }),
  };
}

export function storedRowOf(row: Row): HostRow {
  const [id, host, heldUntil, why, fetchedAt, expiresAt, status, body, answered] = row as [
    ...host: [id: number, name: string, heldUntil: number | null, why: string | null],
    ...robots: [fetchedAt: number | null, expiresAt: number, status: number, body: Buffer | null],
    answered: boolean,
  ];
  assertTimes(`host ${id}`, heldUntil, fetchedAt, expiresAt);
  assertUrl(`host ${id}`, host);
  const robots =
    fetchedAt === null ? null : { fetchedAt, expiresAt, status, body: body === null ? null : new Uint8Array(body) };
  return { id, host, answered, heldUntil: heldUntil || null, why: why || null, robots };
}
