// Reads what is stored of hosts.

import type { HostRow, HostShelf } from '../../base/contracts.ts';
import { assertTimes, assertUrl } from '../sound.ts';
import type { Ask, DatabaseRow as Row } from './line.ts';

/** The columns of `storedRowOf`. */
export const HOST_COLUMNS =
  'h.id, h.name, h.held_until, h.why, h.robots_fetched_at, h.robots_expires_at, h.robots_status, h.robots_body, h.answered';

/** `epoch` is the number of this opening of the job: what an earlier one has noted for itself is not read. */
export function createShelf(ask: Ask, schema: string, epoch: number): HostShelf {
  const read = `SELECT ${HOST_COLUMNS}, CASE WHEN h.rest_epoch = ${epoch} THEN h.rest END
    FROM unnest($1::text[]) AS r(name) JOIN ${schema}.host_names n ON n.name = r.name JOIN ${schema}.hosts h ON h.id = n.id`;
  return {
    async load(hosts) {
      const byName = new Map((await ask(read, [hosts])).rows.map((row) => [row[1], row]));
      return hosts.map((host) => {
        const row = byName.get(host);
        return row === undefined ? null : { ...storedRowOf(row), rest: row[9] as string | null };
      });
    },
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
