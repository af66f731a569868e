// Applies the rule of the smaller depth (the SQLite store explains it in lower.ts), level by level: one question for
// all URLs that came nearer, then one for all that they lead to, until nothing comes nearer any more.
//
// Two workers may bring one URL nearer at the same time, and a third one may be settling it. So the rows of a level are
// locked before they are read: those of the queue, which whoever settles the URL removes, and those of the URLs.

import { LONG_DUE_AT } from '../memory/backlog.ts';
import { DEEP } from '../memory/depths.ts';
import { hashHalves } from '../memory/hash-number.ts';
import { type Nearer, NOT_FOLLOWED, skipAfter } from './admit.ts';
import { createBatch, insertOf, rowsOf } from './batch.ts';
import type { Known } from './known.ts';
import type { Ask, DatabaseRow as Row } from './line.ts';

/** A URL whose row changed. */
export interface Lowered extends Nearer {
  readonly id: number;
  readonly host: string;
  skip: number | null;
  /** It was skipped and is queued now. */
  isRegained: boolean;
}

export interface LoweringParts {
  readonly known: Known;
  readonly depthMax: number | null;
  /** Whether this process works on the host. */
  readonly isOurs: (hostId: number) => boolean;
}

const KEYS = { host: 'bigint', hash: 'bigint', depth: 'integer' };
const CHANGES = { host: 'bigint', id: 'bigint', depth: 'integer', skip: 'smallint' };
const QUEUED = { host: 'bigint', url: 'bigint', due_at: 'bigint', tries: 'smallint' };

/** Lowers these URLs and all that they lead to, inside the transaction to which `ask` belongs. */
export type Lower = (ask: Ask, starts: readonly Nearer[], parts: LoweringParts) => Promise<readonly Lowered[]>;

export function createLower(schema: string): Lower {
  const isDeeper = `(u.depth > r.depth OR u.skip = ${NOT_FOLLOWED})`;
  const lockQueue = `SELECT q.url FROM ${rowsOf(KEYS)} JOIN ${schema}.urls u ON u.host = r.host AND u.key_hash = r.hash
      JOIN ${schema}.queue q ON q.host = u.host AND q.url = u.id
    WHERE ${isDeeper} ORDER BY q.host, q.url FOR UPDATE OF q`;
  const lockUrls = `SELECT u.id FROM ${rowsOf(KEYS)} JOIN ${schema}.urls u ON u.host = r.host AND u.key_hash = r.hash
    WHERE ${isDeeper} ORDER BY u.host, u.id FOR NO KEY UPDATE OF u`;
  const read = `SELECT u.id, u.host, u.key_hash::text, h.name, u.depth, u.skip, v.redirect_host, v.redirect_key::text,
      v.link_hosts, v.link_keys
    FROM ${rowsOf(KEYS)}
      JOIN ${schema}.urls u ON u.host = r.host AND u.key_hash = r.hash
      JOIN ${schema}.hosts h ON h.id = r.host
      LEFT JOIN ${schema}.visits v ON v.host = u.host AND v.url = u.id`;
  const change = `UPDATE ${schema}.urls u SET depth = r.depth, skip = r.skip FROM ${rowsOf(CHANGES)}
    WHERE u.host = r.host AND u.id = r.id`;
  const queue = insertOf(`${schema}.queue`, QUEUED);

  return async (ask, starts, { known, depthMax, isOurs }) => {
    const lowered = new Map<string, Lowered>();
    let level = nearest(starts);
    while (level.size > 0) {
      const batch = createBatch(KEYS);
      for (const { hostId, hash, depth } of level.values()) batch.add(hostId, hash, depth);
      const asked = [ask(lockQueue, batch.values), ask(lockUrls, batch.values), ask(read, batch.values)] as const;
      const [, , { rows }] = await Promise.all(asked);
      const led: Nearer[] = [];
      for (const row of rows) {
        const depth = level.get(row[2] as string)!.depth;
        led.push(...lowerOne(row, depth, lowered, depthMax).filter((each) => !isAsNear(each, lowered, known)));
      }
      level = nearest(led);
    }
    await write(ask, [...lowered.values()], isOurs);
    return [...lowered.values()];
  };

  async function write(ask: Ask, all: readonly Lowered[], isOurs: (hostId: number) => boolean): Promise<void> {
    if (all.length === 0) return;
    const changes = createBatch(CHANGES);
    for (const { hostId, id, depth, skip } of all) changes.add(hostId, id, depth, skip);
    const queued = createBatch(QUEUED);
    // Another process has the queues of its hosts partly in memory, and reads what is not put back from the database.
    for (const { hostId, id, isRegained } of all) {
      if (isRegained) queued.add(hostId, id, isOurs(hostId) ? LONG_DUE_AT : 0, 0);
    }
    await Promise.all([ask(change, changes.values), ...(queued.size === 0 ? [] : [ask(queue, queued.values)])]);
  }
}

/** Each key once, with the least depth that is asked for it. */
function nearest(all: readonly Nearer[]): Map<string, Nearer> {
  const found = new Map<string, Nearer>();
  for (const each of all) {
    const other = found.get(each.hash);
    if (other === undefined || other.depth > each.depth) found.set(each.hash, each);
  }
  return found;
}

/** Returns what the row leads to; nothing if the row was already as near. */
function lowerOne(row: Row, depth: number, lowered: Map<string, Lowered>, depthMax: number | null): Nearer[] {
  const [id, hostId, hash, host, storedDepth, storedSkip, redirectHost, redirectKey, linkHosts, linkKeys] = row as [
    ...url: [id: number, hostId: number, hash: string, host: string, depth: number, skip: number | null],
    ...redirect: [host: number | null, hash: string | null],
    ...links: [hosts: (string | null)[] | null, hashes: string[] | null],
  ];
  const before = lowered.get(hash) ?? { depth: storedDepth, skip: storedSkip, isRegained: false };
  if (before.depth <= depth && before.skip !== NOT_FOLLOWED) return [];
  const skip = skipAfter(before.skip, depth, depthMax);
  const isRegained = before.isRegained || (before.skip !== null && skip === null);
  lowered.set(hash, { id, hostId, hash, host, depth, skip, isRegained });
  const next: Nearer[] = (linkKeys ?? []).map((key, at) => {
    return { hostId: Number(linkHosts![at] ?? hostId), hash: key, depth: depth + 1 };
  });
  if (redirectKey !== null) next.push({ hostId: redirectHost ?? hostId, hash: redirectKey, depth });
  return next;
}

function isAsNear({ hash, depth }: Nearer, lowered: ReadonlyMap<string, Lowered>, known: Known): boolean {
  const one = lowered.get(hash);
  if (one !== undefined) return one.depth <= depth && one.skip !== NOT_FOLLOWED;
  const stored = known.depthOf(...hashHalves(hash));
  return stored !== null && stored !== DEEP && stored <= depth;
}
