// The writing side of the store. It owns the leases and the counts. Leases are only in memory: a job that is opened
// again finds these URLs queued. All other memory mirrors the database, so it is read again after a failed transaction,
// before the next one.

import type { DatabaseSync } from 'node:sqlite';
import type { Frontier, Group, JobIdentity, Lease, NewUrl, Settlement } from '../../base/contracts.ts';
import { WHOLE_JOB } from '../../base/job-share.ts';
import {
  HOSTS_CACHED_MAX,
  LINKS_AT_ONCE_LENGTH,
  LINKS_WRITTEN_AT_ONCE_MAX,
  WORDS_CACHED_MAX,
} from '../../base/limits.ts';
import { partsOf } from '../../base/parts.ts';
import type { Room } from '../../base/room.ts';
import { LONG_DUE_AT, type Returned } from '../memory/backlog.ts';
import type { HashSeed } from '../memory/hash.ts';
import type { HostTurn } from '../memory/rotation.ts';
import type { Writing } from '../store.ts';
import { tooLongAtOnce } from '../too-long.ts';
import { type Admitted, createUrlAdder } from './admit.ts';
import { createFormReader } from './attempts.ts';
import { createCookieShelf, createCookieWriter } from './cookies.ts';
import { query, readingTogether } from './database.ts';
import { createDictionary, type Dictionary } from './dictionary.ts';
import { createDurable } from './durable.ts';
import { createExclusionKeeper } from './exclusions.ts';
import { createDatabaseGuard } from './guard.ts';
import { createHostNoteWriter, createHostReader } from './host-notes.ts';
import type { Live } from './ledger.ts';
import { type LoadedJob, type Memory, readMemory } from './load.ts';
import { createLowering, type Lowering, type Regained } from './lower.ts';
import { createMovedWriter } from './moved-files.ts';
import { createRootAddresses } from './root-addresses.ts';
import { createRunWriter, type WriteRun } from './runs.ts';
import { createSettlementWriter } from './settle.ts';
import { createMentionWriter, createSitemapList, type Transact } from './sitemaps.ts';
import type { StoredTimes } from './times.ts';

export interface FrontierPlace {
  readonly db: DatabaseSync;
  readonly location: string;
  /** Waits while the disk is full. */
  readonly room: Pick<Room, 'whenThere'>;
}

/** Creates the frontier of an open database. `live` is the part of its memory that the ledger may read. */
export function createFrontier(
  { db, location, room }: FrontierPlace,
  job: LoadedJob,
  { seed, identity }: { readonly seed: HashSeed; readonly identity: JobIdentity },
  { times, uptime }: { readonly times: StoredTimes; readonly uptime: () => number },
): Writing & { readonly live: Live } {
  const { turns, totals } = job;
  const hosts = createDictionary(db, 'hosts', HOSTS_CACHED_MAX);
  const parts = { hosts, times, seed, depthMax: identity.depth, writeRun: createRunWriter(db, uptime) };
  const writerOn = (memory: Memory): Writer => createWriter(db, { ...memory, totals }, parts);
  let memory: Memory = job;
  let writer: Writer | null = writerOn(memory);
  const readUrl = query(
    db,
    `SELECT url, depth, hops, EXISTS (SELECT 1 FROM attempts a WHERE a.url = u.id AND a.state IS NOT NULL)
       FROM urls u WHERE id = ?`,
  );
  const formsOf = createFormReader(db);
  const leased = new Map<number, Lease>();
  const inOneRead = readingTogether(db);
  const durable = createDurable(location, room);
  const guard = createDatabaseGuard(db, location, room);

  const lease = ({ id, host, hostId, tries, wasAsked, wasPutBack }: HostTurn): Lease => {
    const cells = readUrl.get(id);
    if (cells === undefined || leased.has(id)) throw new Error(`store: row ${id} cannot be leased`);
    const [found, depth, hops, takenBack] = cells as [string, number, number, number];
    const redirects = wasPutBack ? formsOf(id) : [];
    const forms = [found, ...redirects.map(([form]) => form)];
    const formsAskedAt = redirects.map(([, at]) => at);
    const url = forms.pop()!;
    const wasTakenBack = takenBack === 1;
    const given: Lease = { id, url, forms, formsAskedAt, host, hostId, depth, hops, tries, wasAsked, wasTakenBack };
    leased.set(id, given);
    return given;
  };
  /** How many leases are settled in the database but not released, because that is not durable yet. */
  let undurable = 0;
  const release = ({ id, hostId }: Lease, returned: Returned | null): void => {
    leased.delete(id);
    if (returned !== null) turns.putBack(hostId, returned);
    turns.settled(hostId);
  };
  const open = ({ queued, regained }: Opened): void => {
    for (const { id, hostId } of queued) turns.queued(hostId, id);
    for (const { id, hostId } of regained) turns.putBack(hostId, { id, dueAt: LONG_DUE_AT, tries: 0 });
  };

  // Ids must be opened in rising order, so transactions are opened in the order of their writes, even if their syncs
  // end in another order.
  let last: Promise<unknown> = Promise.resolve();
  const durably = (): Promise<unknown> => {
    const synced = Promise.all([last, guard.syncing(() => durable.sync())]);
    last = synced.catch(() => {});
    return synced;
  };
  /** Runs one transaction; resolves when it is durable. */
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

  /**
   * A hundred thousand links in one transaction, or a thousand long ones, would hold up the event loop. If the crawl
   * dies before their page is settled, they are rows already, and the page is requested again.
   */
  const admitAhead = async (settlement: Settlement): Promise<void> => {
    for (const [from, to] of partsOf(settlement.links, LINKS_WRITTEN_AT_ONCE_MAX, LINKS_AT_ONCE_LENGTH)) {
      open(await write((writer) => writer.admitAhead(settlement, from, to)));
    }
  };

  const frontier: Frontier = {
    async add(urls) {
      open(await write((writer) => writer.add(urls)));
    },
    async lease(most, now, room, newMost) {
      return guard.reading(() => {
        const due = turns.take(most, now, room, newMost);
        return due.length === 0 ? [] : inOneRead(() => due.map(lease));
      });
    },
    async settle(group) {
      assertLeased(group.settlements, leased);
      for (const settlement of tooLongAtOnce(group.settlements)) await admitAhead(settlement);
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
    regain: async (ids) => open(await write((writer) => writer.lowering(({ regain }) => ids.forEach(regain)))),
    rejudge: async (all) => open(await write((writer) => writer.lowering(({ rejudge }) => all.forEach(rejudge)))),
    hold: turns.hold,
    counts: (newMost = 1) => {
      const { pending, done, failed, skipped } = totals;
      const nextAt = newMost > 0 ? turns.nextAt() : turns.nextAskedAt();
      const awaited = turns.awaited(newMost > 0);
      const inHand = leased.size - undurable;
      return { queued: pending - inHand, leased: inHand, done, failed, skipped, nextAt, awaited };
    },
    async close() {
      await durable.close();
      // SQLite would delete the log by its name, which may belong to another job by now.
      if (db.isOpen && durable.isThere()) db.close();
    },
  };
  const transact: Transact = (work) => write((writer) => writer.transact(work));
  const sitemaps = createSitemapList(db, hosts, transact);
  const readHosts = createHostReader(db);
  const writeMoved = createMovedWriter(db);
  return {
    frontier,
    share: WHOLE_JOB,
    hosts: { load: async (names) => guard.reading(() => inOneRead(() => readHosts(names))) },
    rootAddresses: createRootAddresses(db, transact),
    ...{ sitemaps, cookies: createCookieShelf(db) },
    exclusions: createExclusionKeeper(db, transact),
    movedFiles: { note: (moved) => transact(() => writeMoved(moved)) },
    live: { seenNow: () => memory.seen, leased },
  };
}

/** What may be leased after a transaction is durable: new URLs, and URLs that were skipped for their depth before. */
interface Opened {
  readonly queued: readonly Admitted[];
  readonly regained: readonly Regained[];
}

interface Writer {
  add(urls: readonly NewUrl[]): Opened;
  /** Queues what was skipped. */
  lowering(work: (lowering: Lowering) => void): Opened;
  /** Links of a page that is settled later. */
  admitAhead(settlement: Settlement, from: number, to: number): Opened;
  transact<T>(work: () => T): T;
  /** `returned` has one entry for each settlement: what went back to the queue, or null if the settlement is final. */
  settle(group: Group): Opened & { readonly returned: readonly (Returned | null)[] };
}

interface WriterParts {
  readonly hosts: Dictionary;
  readonly times: StoredTimes;
  readonly seed: HashSeed;
  readonly depthMax: number | null;
  readonly writeRun: WriteRun;
}

/** Each call is one transaction. What it queues may be leased only after the transaction is durable. */
function createWriter(db: DatabaseSync, job: Memory & Pick<LoadedJob, 'totals'>, parts: WriterParts): Writer {
  const { hosts, times, seed, depthMax, writeRun } = parts;
  const { totals, depths } = job;
  const words = createDictionary(db, 'words', WORDS_CACHED_MAX);
  const lowering = createLowering(db, depths, depthMax);
  const admission = createUrlAdder(db, { hosts, words }, job, lowering, depthMax, seed);
  const settlements = createSettlementWriter(db, { admission, words, depths, times });
  const note = createHostNoteWriter(db, hosts, times);
  const mention = createMentionWriter(db);
  const writeCookie = createCookieWriter(db);
  const setTotals = db.prepare('UPDATE totals SET done = ?, failed = ?, skipped = ?');
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');

  // The totals after the commit.
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
    lowering(work) {
      begin.run();
      work(lowering);
      return commitAdmitted();
    },
    admitAhead(settlement, from, to) {
      begin.run();
      settlements.admitAhead(settlement, from, to);
      return commitAdmitted();
    },
    transact(work) {
      begin.run();
      const result = work();
      commit.run();
      return result;
    },
    settle({ settlements: ended, hosts: notes, cookies = [], run }) {
      begin.run();
      times.follow();
      const returned = ended.map(end);
      for (const host of notes) note(host);
      for (const each of cookies) writeCookie(each);
      if (run !== null) writeRun(run);
      return { ...commitAdmitted(), returned };
    },
  };
}

/** Runs before anything is written, so a wrong group leaves the store unchanged. */
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
