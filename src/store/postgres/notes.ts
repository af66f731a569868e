// What is written beside the URLs: what is remembered of hosts, what sitemaps say, the figures of a run.

import type { HostNote, NewUrl, RunFigures, Settlement } from '../../base/contracts.ts';
import type { KeyPlace } from './admit.ts';
import { type Columns, createBatch, rowsOf } from './batch.ts';
import type { Ask } from './line.ts';
import type { Membership } from './membership.ts';
import type { DatabaseTimes } from './times.ts';

const NOTES: Columns = {
  id: 'bigint',
  held_until: 'bigint',
  why: 'text',
  answered: 'boolean',
  fetched_at: 'bigint',
  expires_at: 'bigint',
  status: 'integer',
  body: 'bytea',
  rest: 'text',
};
const MENTIONS: Columns = {
  host: 'bigint',
  hash: 'bigint',
  sitemap: 'bigint',
  lastmod: 'text',
  changefreq: 'text',
  priority: 'double precision',
};

interface NoteParts {
  readonly hostIds: ReadonlyMap<string, number>;
  readonly times: Pick<DatabaseTimes, 'toStored' | 'aheadMs'>;
  /** What only one session needs to know counts in the session in which it was written. */
  readonly worker: Pick<Membership, 'id' | 'session'>;
}

/** Fields that the notes lack stay unchanged. Of several notes on a host the later ones count. */
export function writeNotes(
  ask: Ask,
  schema: string,
  notes: readonly HostNote[],
  { hostIds, times, worker }: NoteParts,
): Promise<unknown> {
  const { toStored } = times;
  const { session } = worker;
  const merged = new Map<string, HostNote>();
  for (const note of notes) merged.set(note.host, { ...merged.get(note.host), ...note });
  const batch = createBatch(NOTES);
  for (const [host, { heldUntil, why, answered, robots, rest }] of merged) {
    const { fetchedAt = null, expiresAt = 0, status = null, body = null } = robots ?? {};
    batch.add(
      ...[hostIds.get(host), heldUntil === undefined ? null : toStored(heldUntil), why ?? null, answered ?? false],
      ...[fetchedAt === null ? null : toStored(fetchedAt), toStored(expiresAt), status],
      ...[body === null ? null : Buffer.from(body), rest ?? null],
    );
  }
  const robots = ['fetched_at', 'expires_at', 'status', 'body'].map((name) => {
    return `robots_${name} = CASE WHEN r.fetched_at IS NULL THEN h.robots_${name} ELSE r.${name} END`;
  });
  const sql = `UPDATE ${schema}.hosts h SET held_until = coalesce(r.held_until, h.held_until),
      why = coalesce(r.why, h.why), answered = h.answered OR r.answered, ${robots.join(', ')},
      rest = coalesce(r.rest, CASE WHEN h.rest_epoch = ${session} THEN h.rest END),
      rest_epoch = CASE WHEN r.rest IS NULL THEN h.rest_epoch ELSE ${session} END,
      rest_worker = CASE WHEN r.rest IS NULL THEN h.rest_worker ELSE ${worker.id} END,
      rest_ahead_ms = CASE WHEN r.rest IS NULL THEN h.rest_ahead_ms ELSE ${times.aheadMs()} END
    FROM ${rowsOf(NOTES)} WHERE h.id = r.id`;
  return ask(sql, batch.values);
}

/** The first mention of a URL stays. */
export function writeMentions(
  ask: Ask,
  schema: string,
  mentioned: readonly (readonly [NewUrl, KeyPlace])[],
): Promise<unknown> {
  const batch = createBatch(MENTIONS);
  for (const [{ mention }, { hostId, hash }] of mentioned) {
    const { sitemapId, lastmod, changefreq, priority } = mention!;
    batch.add(hostId, hash, sitemapId, lastmod || null, changefreq || null, priority);
  }
  const sql = `INSERT INTO ${schema}.mentions (host, url, sitemap, lastmod, changefreq, priority)
    SELECT u.host, u.id, r.sitemap, r.lastmod, r.changefreq, r.priority
    FROM ${rowsOf(MENTIONS)} JOIN ${schema}.urls u ON u.host = r.host AND u.key_hash = r.hash ON CONFLICT DO NOTHING`;
  return ask(sql, batch.values);
}

const RUN_COLUMNS = [
  ...[
    'started_at',
    'updated_at',
    'ended_at',
    'stopped_by',
    'requests',
    'bytes',
    'peak_in_flight',
    'hosts',
    'in_flight',
  ],
  ...['agent', 'elapsed_ms', 'waiting_for', 'loop_late'],
];

/** Writes the figures of this worker's run, always to the same row. */
export function writeRun(ask: Ask, schema: string, workerId: number, run: RunFigures): Promise<unknown> {
  const { startedAt, updatedAt, endedAt, stoppedBy, requests, bytes, peakInFlight, hosts, inFlight } = run;
  const values = [
    ...[Math.round(startedAt), Math.round(updatedAt), endedAt === null ? null : Math.round(endedAt), stoppedBy],
    ...[requests, bytes, peakInFlight, JSON.stringify(hosts), inFlight, run.agent, Math.round(run.elapsedMs)],
    run.waitingFor === null ? null : JSON.stringify(run.waitingFor),
    run.loopLate === null ? null : JSON.stringify(run.loopLate),
  ];
  const sql = `INSERT INTO ${schema}.runs (epoch, ${RUN_COLUMNS.join(', ')})
    VALUES (${workerId}, ${values.map((_, at) => `$${at + 1}`).join(', ')})
    ON CONFLICT (epoch) DO UPDATE SET ${RUN_COLUMNS.map((name) => `${name} = excluded.${name}`).join(', ')}`;
  return ask(sql, values);
}

/** Counts the URLs of each host that were requested for the first time. */
export async function countAsked(ask: Ask, schema: string, settlements: readonly Settlement[]): Promise<void> {
  const counts = new Map<number, number>();
  for (const { lease, fetchedAt } of settlements) {
    if (!lease.wasAsked && fetchedAt > 0) counts.set(lease.hostId, (counts.get(lease.hostId) ?? 0) + 1);
  }
  await addAsked(ask, schema, counts);
}

export async function addAsked(ask: Ask, schema: string, counts: ReadonlyMap<number, number>): Promise<void> {
  if (counts.size === 0) return;
  const sql = `UPDATE ${schema}.hosts h SET asked = h.asked + r.asked FROM unnest($1::bigint[], $2::bigint[]) AS r(id, asked)
    WHERE h.id = r.id`;
  await ask(sql, [[...counts.keys()], [...counts.values()]]);
}
