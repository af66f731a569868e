// Writes one group: the new URLs, what became of the leased ones, and what came nearer to a root. Most groups take
// three round trips, however large they are: the new URLs, all that follows from them, and the commit.

import type { Group, Judgement, NewUrl, Settlement } from '../../base/contracts.ts';
import type { Returned } from '../memory/backlog.ts';
import { DEEP } from '../memory/depths.ts';
import type { HashSeed } from '../memory/hash.ts';
import { hashHalves } from '../memory/hash-number.ts';
import {
  type Candidate,
  createFinds,
  type Finds,
  type KeyPlace,
  linkPlaces,
  type Nearer,
  NOT_FOLLOWED,
  referrerOf,
} from './admit.ts';
import { type Columns, createBatch, insertOf, rowsOf } from './batch.ts';
import { writeCookies } from './cookies.ts';
import type { Known } from './known.ts';
import type { Ask } from './line.ts';
import { createLower, type Lowered } from './lower.ts';
import type { Membership } from './membership.ts';
import { countAsked, writeMentions, writeNotes, writeRun } from './notes.ts';
import { createRejudge } from './out-of-scope.ts';
import { createTellOthers } from './tell-others.ts';
import type { DatabaseTimes } from './times.ts';
import type { Tally } from './transactions.ts';
import { createVisitWriter, type VisitWriter } from './visits.ts';

const URLS: Columns = {
  host: 'bigint',
  id: 'bigint',
  key_hash: 'bigint',
  referrer: 'bigint',
  referrer_host: 'bigint',
  depth: 'integer',
  hops: 'smallint',
  skip: 'smallint',
  url: 'text',
  key: 'text',
  outer_charset: 'text',
};
const KEYS: Columns = { host: 'bigint', hash: 'bigint' };
const SETTLED: Columns = { host: 'bigint', url: 'bigint', depth: 'integer' };
const QUEUED: Columns = { host: 'bigint', url: 'bigint', due_at: 'bigint', tries: 'smallint' };

export interface GroupWriterParts {
  readonly schema: string;
  readonly worker: Pick<Membership, 'id' | 'epoch' | 'session'>;
  /** Whether this process works on the host. */
  readonly isOurs: (hostId: number) => boolean;
  readonly seed: HashSeed;
  readonly depthMax: number | null;
  /** A limit needs to know how many URLs of each host were requested. */
  readonly countsHosts: boolean;
  readonly known: Known;
  readonly times: DatabaseTimes;
  readonly nextId: () => number;
  /** By how many links the URL of a lease has come nearer to a root since it was leased. */
  readonly nearerBy: (settlement: Settlement) => number;
}

/** What is to be known in memory once the transaction is committed. */
export interface Written {
  /** New URLs, in the order of their ids. */
  readonly added: readonly Candidate[];
  /** URLs that others had added before. */
  readonly met: readonly Met[];
  readonly lowered: readonly Lowered[];
  /** Some of the URLs belong to hosts that nobody works on. */
  readonly hasFreeHosts: boolean;
  /** One for each settlement: what went back to the queue, or null if the settlement is final. */
  readonly returned: readonly (Returned | null)[];
  readonly tally: Tally;
}

export interface Met {
  readonly candidate: Candidate;
  readonly depth: number;
  readonly skip: number | null;
}

export interface GroupWriter {
  /** Links of a page that is settled later, from index `from` up to but not including `to`. */
  admitAhead(settlement: Settlement, from: number, to: number, hostIds: HostIds): GroupWork;
  add(urls: readonly NewUrl[], hostIds: HostIds): GroupWork;
  rejudge(verdicts: readonly Judgement[]): GroupWork;
  /** `refused` are settlements of hosts that were lost. */
  settle(group: Group, refused: readonly Settlement[], hostIds: HostIds): GroupWork;
}

/** A settled URL, how far from a root it was taken to be, and what it leads to. */
interface Settled {
  readonly lease: Settlement['lease'];
  readonly depth: number;
  readonly places: readonly KeyPlace[];
  readonly target: KeyPlace | null;
}

export type HostIds = ReadonlyMap<string, number>;
export type GroupWork = (ask: Ask, tally: Tally) => Promise<Written>;

export function createGroupWriter(parts: GroupWriterParts): GroupWriter {
  const { schema, worker, isOurs, countsHosts, seed, depthMax, known, times, nextId, nearerBy } = parts;
  const lower = createLower(schema);
  const tellOthers = createTellOthers(schema, isOurs);
  const rejudge = createRejudge(schema, isOurs);
  const insertUrls = insertOf(`${schema}.urls`, URLS, 'ON CONFLICT (key_hash, host) DO NOTHING RETURNING id');
  const insertQueued = insertOf(`${schema}.queue`, QUEUED);
  const readKeys = `SELECT u.key_hash::text, u.depth, u.skip FROM ${rowsOf(KEYS)}
    JOIN ${schema}.urls u ON u.host = r.host AND u.key_hash = r.hash`;

  const readNearer = `SELECT u.id, u.depth FROM ${rowsOf(SETTLED)}
    JOIN ${schema}.urls u ON u.host = r.host AND u.id = r.url WHERE u.depth < r.depth`;

  const findsOf = (hostIds: HostIds): Finds => createFinds({ known, seed, depthMax, hostIds, nextId });

  const insert = async (ask: Ask, candidates: readonly Candidate[]): Promise<ReadonlySet<number>> => {
    if (candidates.length === 0) return new Set();
    const batch = createBatch(URLS);
    // Two processes that add the same URLs in another order would wait for each other.
    for (const each of candidates.toSorted(byKey)) batch.add(...urlColumns(each));
    const { rows } = await ask(insertUrls, batch.values);
    return new Set(rows.map(([id]) => id as number));
  };
  const enqueue = (ask: Ask, added: readonly Candidate[]): Promise<unknown> => {
    const batch = createBatch(QUEUED);
    for (const { hostId, id, skip } of added) if (skip === null) batch.add(hostId, id, 0, 0);
    return batch.size === 0 ? Promise.resolve() : ask(insertQueued, batch.values);
  };
  const meet = async (ask: Ask, candidates: readonly Candidate[]): Promise<Met[]> => {
    if (candidates.length === 0) return [];
    const batch = createBatch(KEYS);
    for (const { hostId, hash } of candidates) batch.add(hostId, hash);
    const { rows } = await ask(readKeys, batch.values);
    const byHash = new Map(candidates.map((each) => [each.hash, each]));
    return rows.map(([hash, depth, skip]) => {
      return { candidate: byHash.get(hash as string)!, depth: depth as number, skip: skip as number | null };
    });
  };

  /**
   * What pages lead to that another process has brought nearer since they were leased. It is asked once their rows of
   * the queue are gone: whoever brings a page nearer from then on waits for this transaction (lower.ts).
   */
  const nearerSince = async (ask: Ask, settled: readonly Settled[]): Promise<Nearer[]> => {
    const batch = createBatch(SETTLED);
    for (const { lease, depth } of settled) batch.add(lease.hostId, lease.id, depth);
    if (batch.size === 0) return [];
    const { rows } = await ask(readNearer, batch.values);
    const depths = new Map(rows as [id: number, depth: number][]);
    return settled.flatMap(({ lease, places, target }) => {
      const depth = depths.get(lease.id);
      if (depth === undefined) return [];
      const links = places.map((place) => ({ ...place, depth: depth + 1 }));
      return target === null ? links : [...links, { ...target, depth }];
    });
  };

  /** `alongside` is asked once the new URLs are there. */
  const write = async (
    ask: Ask,
    finds: Finds,
    alongside: (ask: Ask) => readonly Promise<unknown>[] = () => [],
    settled: readonly Settled[] = [],
  ): Promise<Omit<Written, 'returned' | 'tally'>> => {
    const { candidates } = finds;
    const fresh = await insert(ask, candidates);
    const added = candidates.filter(({ id }) => fresh.has(id));
    const old = candidates.filter(({ id }) => !fresh.has(id));
    const asked = [meet(ask, old), enqueue(ask, added), tellOthers(ask, queuedIn(added)), ...alongside(ask)] as const;
    const [since, met, , hasOpened] = await Promise.all([nearerSince(ask, settled), ...asked]);
    const nearer: Nearer[] = [...finds.nearer, ...met.flatMap(nearerThanMet), ...since];
    const lowered = nearer.length === 0 ? [] : await lower(ask, nearer, { known, depthMax, isOurs });
    const hasRegained = await tellOthers(ask, regainedIn(lowered));
    return { added, met, lowered, hasFreeHosts: hasOpened || hasRegained };
  };

  const counted = (tally: Tally, { added, lowered }: Pick<Written, 'added' | 'lowered'>): void => {
    const queued = queuedIn(added).length;
    const regained = regainedIn(lowered).length;
    tally.queued += queued + regained;
    tally.skipped += added.length - queued - regained;
  };

  return {
    admitAhead: (settlement, from, to, hostIds) => async (ask, tally) => {
      const finds = findsOf(hostIds);
      await linkPlaces(finds, settlement, nearerBy(settlement), from, to);
      const written = await write(ask, finds);
      counted(tally, written);
      return { ...written, returned: [], tally };
    },
    add: (urls, hostIds) => async (ask, tally) => {
      const finds = findsOf(hostIds);
      const places = urls.map((url) => [url, finds.admit(url, null)] as const);
      const mentioned = places.filter(([url]) => url.mention !== undefined);
      const written = await write(ask, finds, () =>
        mentioned.length === 0 ? [] : [writeMentions(ask, schema, mentioned)],
      );
      counted(tally, written);
      return { ...written, returned: [], tally };
    },
    rejudge: (verdicts) => async (ask, tally) => {
      const lowered = await rejudge(ask, verdicts);
      const hasFreeHosts = await tellOthers(ask, regainedIn(lowered));
      counted(tally, { added: [], lowered });
      return { added: [], met: [], lowered, hasFreeHosts, returned: [], tally };
    },
    settle:
      ({ settlements, hosts, cookies = [], run }, refused, hostIds) =>
      async (ask, tally) => {
        const finds = findsOf(hostIds);
        const visits = createVisitWriter(schema);
        const settled: Settled[] = [];
        const returned: (Returned | null)[] = [];
        for (const settlement of settlements) returned.push(await endOne(settlement, finds, visits, tally, settled));
        for (const settlement of refused) visits.refuse(settlement, worker.epoch);
        const alongside = () => [
          ...visits.endings.map((ending) => exactly(ask, ending)),
          ...(hosts.length === 0 ? [] : [writeNotes(ask, schema, hosts, { hostIds, times, worker })]),
          ...(cookies.length === 0 ? [] : [writeCookies(ask, schema, cookies)]),
          ...(countsHosts ? [countAsked(ask, schema, settlements)] : []),
          ...(run === null ? [] : [writeRun(ask, schema, worker.id, run), times.measure(ask)]),
        ];
        const written = await write(ask, finds, alongside, settled);
        counted(tally, written);
        return { ...written, returned, tally };
      },
  };

  /** Adds to `settled` what leads on. */
  async function endOne(
    settlement: Settlement,
    finds: Finds,
    visits: VisitWriter,
    tally: Tally,
    settled: Settled[],
  ): Promise<Returned | null> {
    const { state, redirect, lease } = settlement;
    if (!lease.wasAsked && settlement.fetchedAt > 0) tally.asked += 1;
    if (state === 'queued') return visits.putBack(settlement, times.toStored);
    const nearer = nearerBy(settlement);
    const places = await linkPlaces(finds, settlement, nearer);
    const target = redirect === null ? null : finds.admit(redirect, referrerOf(lease), nearer);
    visits.end(settlement, places, target);
    if (places.length > 0 || target !== null) settled.push({ lease, depth: lease.depth - nearer, places, target });
    tally[state] += 1;
    tally.queued -= 1;
    return null;
  }
}

function queuedIn(added: readonly Candidate[]): number[] {
  return added.flatMap(({ hostId, skip }) => (skip === null ? [hostId] : []));
}

function regainedIn(lowered: readonly Lowered[]): number[] {
  return lowered.flatMap(({ hostId, isRegained }) => (isRegained ? [hostId] : []));
}

function nearerThanMet({ candidate, depth, skip }: Met): Nearer[] {
  const { hostId, hash, followedDepth } = candidate;
  const isNearer = followedDepth < depth || (skip === NOT_FOLLOWED && followedDepth < Number.POSITIVE_INFINITY);
  return isNearer ? [{ hostId, hash, depth: followedDepth }] : [];
}

async function exactly(ask: Ask, { sql, batch }: VisitWriter['endings'][number]): Promise<void> {
  const { changed } = await ask(sql, batch.values);
  if (changed !== batch.size) {
    throw new Error(`store: ${changed} of ${batch.size} leased rows were changed by ${sql.trim().slice(0, 30)}`);
  }
}

function byKey(one: Candidate, other: Candidate): number {
  return one.hostId - other.hostId || one.high - other.high || one.low - other.low;
}

function urlColumns({ hostId, id, hash, referrer, depth, skip, found }: Candidate): unknown[] {
  const { url, key, hops, outerCharset = null } = found;
  const from = referrer === null || referrer.hostId === hostId ? null : referrer.hostId;
  return [hostId, id, hash, referrer?.id ?? null, from, depth, hops, skip, url, key === url ? null : key, outerCharset];
}

/** What the store remembers of the keys after the commit. */
export function remember(known: Known, { added, met, lowered }: Written): void {
  for (const { high, low, skip, depth } of added) known.set(high, low, skip === NOT_FOLLOWED ? DEEP : depth);
  for (const { candidate, depth, skip } of met)
    known.set(candidate.high, candidate.low, skip === NOT_FOLLOWED ? DEEP : depth);
  for (const { hash, depth } of lowered) known.set(...hashHalves(hash), depth);
}
