// Takes free hosts and gives hosts back, in the database.

import { type Columns, createBatch, rowsOf } from './batch.ts';
import type { Ask } from './line.ts';
import { type Membership, NOW_SQL } from './membership.ts';
import { PARTITIONS } from './schema.ts';

export interface TakenHost {
  readonly hostId: number;
  readonly host: string;
}

/** A host as it is written when it is given back. */
export interface ReturnedHost {
  readonly hostId: number;
  /** When it may be taken again, if something of it waits. */
  readonly openAt: number;
  /** What the heart knows of it; null if the row has all. */
  readonly rest: string | null;
}

export interface HostLeases {
  /** Some `most` free hosts, those first that have waited longest. */
  take(ask: Ask, most: number): Promise<readonly TakenHost[]>;
  /** Takes those of these hosts that are free. Who has one of the others finds that it is called. */
  call(ask: Ask, hostIds: readonly number[]): Promise<readonly TakenHost[]>;
  /** The hosts of this process that others have called. Each call is told once. */
  called(ask: Ask, isOurs: (hostId: number) => boolean): Promise<readonly number[]>;
  giveBack(ask: Ask, hosts: readonly ReturnedHost[], aheadMs: number): Promise<void>;
  /** Gives back all hosts; the next worker asks each of them after a full delay. */
  free(ask: Ask): Promise<void>;
}

const RETURNED: Columns = { id: 'bigint', open_at: 'bigint', rest: 'text' };
/** Does not change during a transaction, so an index can be searched with it. */
const BEGUN_SQL = '(extract(epoch FROM now()) * 1000)::bigint';

export function createHostLeases(schema: string, membership: Membership): HostLeases {
  const { id, session } = membership;
  // Each statement visits one partition, as a server with a part of the hosts would be asked.
  const takeFrom = (part: number): string => {
    const hosts = `${schema}.hosts_${part}`;
    return `WITH free AS (SELECT id FROM ${hosts} WHERE lease_owner IS NULL AND open_at <= ${BEGUN_SQL}
        ORDER BY open_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED)
      UPDATE ${hosts} h SET lease_owner = ${id}, lease_epoch = $2 FROM free WHERE h.id = free.id RETURNING h.id, h.name`;
  };
  const takes = Array.from({ length: PARTITIONS }, (_, part) => takeFrom(part));
  // Waits for those who are queueing URLs of these hosts, so that the next statement sees what they queued.
  const lock = `SELECT h.id FROM ${rowsOf({ id: 'bigint' })} JOIN ${schema}.hosts h ON h.id = r.id ORDER BY h.id FOR UPDATE OF h`;
  const hasQueue = `(SELECT q.url FROM ${schema}.queue q WHERE q.host = h.id LIMIT 1) IS NOT NULL`;
  const hasSitemap = `(SELECT s.id FROM ${schema}.sitemaps s WHERE s.host = h.id AND s.verdict IS NULL LIMIT 1) IS NOT NULL`;
  const giveBack = `UPDATE ${schema}.hosts h SET lease_owner = NULL, lease_epoch = NULL, dropped_at = NULL,
      open_at = CASE WHEN ${hasQueue} OR ${hasSitemap} THEN r.open_at END,
      rest = coalesce(r.rest, h.rest),
      rest_epoch = CASE WHEN r.rest IS NULL THEN h.rest_epoch ELSE ${session} END,
      rest_worker = CASE WHEN r.rest IS NULL THEN h.rest_worker ELSE ${id} END,
      rest_ahead_ms = CASE WHEN r.rest IS NULL THEN h.rest_ahead_ms ELSE $4 END
    FROM ${rowsOf(RETURNED)} WHERE h.id = r.id AND h.lease_owner = ${id}`;
  const call = `UPDATE ${schema}.hosts h SET lease_owner = ${id}, lease_epoch = $2 FROM ${rowsOf({ id: 'bigint' })}
    WHERE h.id = r.id AND h.lease_owner IS NULL RETURNING h.id, h.name`;
  const tell = `INSERT INTO ${schema}.called_hosts (host) SELECT unnest($1::bigint[]) ON CONFLICT DO NOTHING`;
  const free = `UPDATE ${schema}.hosts SET lease_owner = NULL, lease_epoch = NULL, dropped_at = ${NOW_SQL}
    WHERE lease_owner = ${id}`;
  return {
    async take(ask, most) {
      const { epoch } = membership;
      const ofEach = Math.ceil(most / PARTITIONS);
      const answers = await Promise.all(takes.map((sql) => ask(sql, [ofEach, epoch])));
      return answers.flatMap(takenOf);
    },
    async call(ask, hostIds) {
      const taken = takenOf(await ask(call, [hostIds.toSorted((a, b) => a - b), membership.epoch]));
      const others = hostIds.filter((id) => taken.every(({ hostId }) => hostId !== id));
      if (others.length > 0) await ask(tell, [others]);
      return taken;
    },
    async called(ask, isOurs) {
      const { rows } = await ask(`SELECT host FROM ${schema}.called_hosts`);
      const ours = rows.map(([host]) => host as number).filter(isOurs);
      if (ours.length > 0) await ask(`DELETE FROM ${schema}.called_hosts WHERE host = ANY($1::bigint[])`, [ours]);
      return ours;
    },
    async giveBack(ask, hosts, aheadMs) {
      const batch = createBatch(RETURNED);
      for (const { hostId, openAt, rest } of hosts.toSorted((a, b) => a.hostId - b.hostId)) {
        batch.add(hostId, openAt, rest);
      }
      await Promise.all([ask(lock, [batch.values[0]]), ask(giveBack, [...batch.values, aheadMs])]);
    },
    async free(ask) {
      await ask(free);
    },
  };
}

function takenOf({ rows }: Awaited<ReturnType<Ask>>): TakenHost[] {
  return rows.map(([hostId, host]) => ({ hostId, host }) as TakenHost);
}
