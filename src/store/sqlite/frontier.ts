// The writing side. It owns which URLs are leased (in memory only: whoever opens the job anew has them queued), and the counts.
// What memory knows besides is of the database: where a transaction fails it is read from there again before the next one.

import type { DatabaseSync } from 'node:sqlite';
import type {
  Frontier,
  Group,
  JobIdentity,
  Lease,
  NewUrl,
  RootAddresses,
  Settlement,
  SitemapList,
} from '../../base/contracts.ts';
import { HOSTS_CACHED_MAX, WORDS_CACHED_MAX } from '../../base/limits.ts';
import type { Room } from '../../base/room.ts';
import { LONG_DUE_AT, type Returned } from '../memory/backlog.ts';
import type { HashSeed } from '../memory/hash.ts';
import type { HostTurn } from '../memory/rotation.ts';
import { type Admitted, createUrlAdder } from './admit.ts';
import { createFormReader } from './attempts.ts';
import { query } from './database.ts';
import { createDictionary, type Dictionary } from './dictionary.ts';
import { createDurable } from './durable.ts';
import { createDatabaseGuard } from './guard.ts';
import { createHostNoteWriter } from './host-notes.ts';
import type { Live } from './ledger.ts';
import { type LoadedJob, type Memory, readMemory } from './load.ts';
import { createLowering, type Regained } from './lower.ts';
import { createRootAddresses } from './root-addresses.ts';
import { createRunWriter, type WriteRun } from './runs.ts';
import { createSettlementWriter } from './settle.ts';
import { createMentionWriter, createSitemapList, type Transact } from './sitemaps.ts';
import type { StoredTimes } from './times.ts';

export interface FrontierPlace {
  readonly db: DatabaseSync;
  readonly location: string;
  /** Waits where the disk is full. */
  readonly room: Pick<Room, 'whenThere'>;
}

/** Makes the frontier of an opened database; `live` is what a ledger beside it may know. */
export function createFrontier(
  { db, location, room }: FrontierPlace,
  job: LoadedJob,
  { seed, identity }: { readonly seed: HashSeed; readonly identity: JobIdentity },
  { times, uptime }: { readonly times: StoredTimes; readonly uptime: () => number },
): { frontier: Frontier; sitemaps: SitemapList; rootAddresses: RootAddresses; live: Live } {
  const { turns, totals } = job;
  const hosts = createDictionary(db, 'hosts', HOSTS_CACHED_MAX);
  const parts = { hosts, times, seed, depthMax: identity.depth, writeRun: createRunWriter(db, uptime) };
  const writerOn = (memory: Memory): Writer => createWriter(db, { ...memory, totals }, parts);
  let memory: Memory = job;
  let writer: Writer | null = writerOn(memory);
  const readUrl = query(db, 'SELECT url, depth, hops FROM urls WHERE id = ?');
  const formsOf = createFormReader(db);
  const leased = new Map<number, Lease>();
  const beginReading = db.prepare('BEGIN');
  const commit = db.prepare('COMMIT');
  const durable = createDurable(location, room);
  const guard = createDatabaseGuard(db, location, room);

  const lease = ({ id, host, hostId, tries, wasAsked, wasPutBack }: HostTurn): Lease => {
    const cells = readUrl.get(id);
    if (cells === undefined || leased.has(id)) throw new Error(`store: row ${id} cannot be leased`);
    const [found, depth, hops] = cells as [string, number, number];
    const forms = wasPutBack ? [found, ...formsOf(id)] : [found];
    const url = forms.pop()!;
    const given: Lease = { id, url, forms, host, hostId, depth, hops, tries, wasAsked };
    leased.set(id, given);
    return given;
  };
  /** Leases that are settled in the database, and not released because that is not durable yet. */
  let undurable = 0;
  const release = ({ id, host, hostId }: Lease, returned: Returned | null): void => {
    leased.delete(id);
    if (returned !== null) turns.putBack(hostId, host, returned);
    turns.settled(hostId);
  };
  const open = ({ queued, regained }: Opened): void => {
    for (const { id, host, hostId } of queued) turns.queued(hostId, host, id);
    for (const { id, host, hostId } of regained) turns.putBack(hostId, host, { id, dueAt: LONG_DUE_AT, tries: 0 });
  };

  // Ids rise in what is opened, so what was written first is opened first, whichever sync ends first.
  let last: Promise<unknown> = Promise.resolve();
  const durably = (): Promise<unknown> => {
    const synced = Promise.all([last, guard.syncing(() => durable.sync())]);
    last = synced.catch(() => {});
    return synced;
  };
  /** One transaction; resolves once it is durable. */
  const write = async <T>(work: (writer: Writer) => T): Promise<T> => {
    let skewMs = 0;
    const transaction = (): { result: T; synced: Promise<unknown> } => {
      skewMs = times.skewMs();
      if (writer === null) memory = readMemory(db);
      writer ??= writerOn(memory);
      return { result: work(writer), synced: durably() };
    };
    const { result, synced } = await guard.writing(transaction, () => {
      writer = null;
      hosts.forget();
      times.forget(skewMs);
    });
    await synced;
    return result;
  };

  const frontier: Frontier = {
    async add(urls) {
      open(await write((writer) => writer.add(urls)));
    },
    async lease(most, now, room, newMost) {
      return guard.reading(() => {
        const due = turns.take(most, now, room, newMost);
        if (due.length === 0) return [];
        // One transaction, because each read in one of its own would take and give back the locks of the file.
        beginReading.run();
        const leases = due.map(lease);
        commit.run();
        return leases;
      });
    },
    async settle(group) {
      assertLeased(group.settlements, leased);
      const { length } = group.settlements;
      const { returned, ...opened } = await write((writer) => {
        const settled = writer.settle(group);
        undurable += length;
        return settled;
      });
      undurable -= length;
      open(opened);
      for (const [index, settlement] of group.settlements.entries()) release(settlement.lease, returned[index] ?? null);
    },
    hold: (hostId, until) => turns.hold(hostId, () => hosts.wordOf(hostId), until),
    counts: (newMost = 1) => {
      const { pending, done, failed, skipped } = totals;
      const nextAt = newMost > 0 ? turns.nextAt() : turns.nextAskedAt();
      const awaited = turns.awaited(newMost > 0);
      const inHand = leased.size - undurable;
      return { queued: pending - inHand, leased: inHand, done, failed, skipped, nextAt, awaited };
    },
    async close() {
      await durable.close();
      // SQLite would remove the log by its name, which may be that of another job's by now.
      if (db.isOpen && durable.isThere()) db.close();
    },
  };
  const transact: Transact = (work) => write((writer) => writer.transact(work));
  const sitemaps = createSitemapList(db, hosts, transact);
  return {
    frontier,
    sitemaps,
    rootAddresses: createRootAddresses(db, transact),
    live: { seenNow: () => memory.seen, leased },
  };
}

/** What is leasable once a transaction is durable: what is new, and what was skipped for its depth until now. */
interface Opened {
  readonly queued: readonly Admitted[];
  readonly regained: readonly Regained[];
}

interface Writer {
  add(urls: readonly NewUrl[]): Opened;
  transact<T>(work: () => T): T;
  /** Also for each settlement what it returned to the queue; null where it was final. */
  settle(group: Group): Opened & { readonly returned: readonly (Returned | null)[] };
}

interface WriterParts {
  readonly hosts: Dictionary;
  readonly times: StoredTimes;
  readonly seed: HashSeed;
  readonly depthMax: number | null;
  readonly writeRun: WriteRun;
}

/** Each of its calls is one transaction; what it queued is leasable once that is durable, and no sooner. */
function createWriter(db: DatabaseSync, job: Memory & Pick<LoadedJob, 'totals'>, parts: WriterParts): Writer {
  const { hosts, times, seed, depthMax, writeRun } = parts;
  const { totals, depths } = job;
  const words = createDictionary(db, 'words', WORDS_CACHED_MAX);
  const lowering = createLowering(db, hosts, depths, depthMax);
  const admission = createUrlAdder(db, hosts, job, lowering, depthMax, seed);
  const settlements = createSettlementWriter(db, { admission, words, depths, times });
  const note = createHostNoteWriter(db, hosts, times);
  const mention = createMentionWriter(db);
  const setTotals = db.prepare('UPDATE totals SET done = ?, failed = ?, skipped = ?');
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');

  // What the totals are once the transaction is committed.
  const next = { ...totals };

  const end = (settlement: Settlement): Returned | null => {
    if (settlement.state === 'queued') return settlements.putBack(settlement);
    settlements.end(settlement);
    next[settlement.state] += 1;
    next.pending -= 1;
    return null;
  };
  const commitAdmitted = (): Opened => {
    const { queued, skipped } = admission.drain();
    const regained = lowering.drain();
    next.pending += queued.length + regained.length;
    next.skipped += skipped - regained.length;
    setTotals.run(next.done, next.failed, next.skipped);
    commit.run();
    Object.assign(totals, next);
    return { queued, regained };
  };

  return {
    add(urls) {
      begin.run();
      for (const url of urls) {
        const id = admission.admit(url, null);
        if (url.mention !== undefined) mention(id, url.mention);
      }
      return commitAdmitted();
    },
    transact(work) {
      begin.run();
      const result = work();
      commit.run();
      return result;
    },
    settle({ settlements: ended, hosts: notes, run }) {
      begin.run();
      times.follow();
      const returned = ended.map(end);
      for (const host of notes) note(host);
      if (run !== null) writeRun(run);
      return { ...commitAdmitted(), returned };
    },
  };
}

/** Before anything is written: a group that is wrong leaves the store as it was. */
function assertLeased(settlements: readonly Settlement[], leased: ReadonlyMap<number, Lease>): void {
  const ids = new Set<number>();
  for (const { lease } of settlements) {
    const known = leased.get(lease.id);
    if (known === undefined || known.hostId !== lease.hostId || ids.has(lease.id)) {
      throw new Error(`store: row ${lease.id} is settled but not leased (${lease.url})`);
    }
    ids.add(lease.id);
  }
}
