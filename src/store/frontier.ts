// The writing side. It owns which URLs are leased (in memory only: whoever opens the job anew has them queued), the counts,
// and the database's health: after a failure of the database it answers nothing but that failure, since what is in memory
// may then be ahead of what is on disk.

import type { DatabaseSync } from 'node:sqlite';
import type { Frontier, Group, Lease, Settlement } from '../base/contracts.ts';
import { HOSTS_CACHED_MAX, WORDS_CACHED_MAX } from '../base/limits.ts';
import { createAdmission } from './admit.ts';
import { asMachineError, query } from './database.ts';
import { createDictionary } from './dictionary.ts';
import type { HashSeed } from './hash.ts';
import { createHostNoteWriter } from './host-notes.ts';
import type { Live } from './ledger.ts';
import { loadJob } from './load.ts';
import { createRunWriter } from './runs.ts';
import { createSettlementWriter } from './settle.ts';
import type { Returned } from './turns.ts';

/** Makes the frontier of an opened database; `live` is what a ledger beside it may know. */
export function createFrontier(db: DatabaseSync, seed: HashSeed): { frontier: Frontier; live: Live } {
  const { seen, turns, totals, lastId } = loadJob(db);
  const hosts = createDictionary(db, 'hosts', HOSTS_CACHED_MAX);
  const words = createDictionary(db, 'words', WORDS_CACHED_MAX);
  const admission = createAdmission(db, hosts, seen, seed, lastId);
  const settlements = createSettlementWriter(db, admission, words);
  const note = createHostNoteWriter(db, hosts);
  const writeRun = createRunWriter(db);
  const readUrl = query(db, 'SELECT url, depth, hops FROM urls WHERE id = ?');
  const setTotals = db.prepare('UPDATE totals SET done = ?, failed = ?, skipped = ?');
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const leased = new Map<number, Lease>();
  const { counts } = totals;
  let failure: unknown = null;

  /** Runs `work`; whatever it throws is what every later call throws. */
  const guarded = <T>(work: () => T): T => {
    if (failure !== null) throw failure;
    try {
      return work();
    } catch (error) {
      failure = asMachineError(error);
      if (db.isOpen && db.isTransaction) rollBack(db);
      throw failure;
    }
  };
  const writeTotals = (skippedNow: number): void => {
    counts.skipped += skippedNow;
    setTotals.run(counts.done, counts.failed, counts.skipped);
  };
  /** Commits, and only then lets what was written be leased. */
  const commitAdmitted = (): void => {
    const { queued, skipped } = admission.drain();
    writeTotals(skipped);
    commit.run();
    totals.pending += queued.length;
    for (const { id, host, hostId } of queued) turns.queued(hostId, host, id);
  };

  const write = (settlement: Settlement): Returned | null => {
    if (settlement.state === 'queued') return settlements.putBack(settlement);
    settlements.end(settlement);
    counts[settlement.state] += 1;
    totals.pending -= 1;
    return null;
  };
  const settle = ({ settlements: ended, hosts: notes, run }: Group): void => {
    begin.run();
    const returned = ended.map(write);
    for (const host of notes) note(host);
    if (run !== null) writeRun(run);
    commitAdmitted();
    for (const [index, { lease }] of ended.entries()) {
      leased.delete(lease.id);
      const url = returned[index];
      if (url) turns.putBack(lease.hostId, lease.host, url);
      turns.settled(lease.hostId);
    }
  };

  const frontier: Frontier = {
    async add(urls) {
      guarded(() => {
        begin.run();
        for (const url of urls) admission.admit(url, null);
        commitAdmitted();
      });
    },
    async lease(most, now, room) {
      return guarded(() =>
        turns.take(most, now, room).map(({ id, host, hostId, tries }) => {
          const cells = readUrl.get(id);
          if (cells === undefined || leased.has(id)) throw new Error(`store: row ${id} cannot be leased`);
          const [url, depth, hops] = cells as [string, number, number];
          const lease: Lease = { id, url, host, hostId, depth, hops, tries };
          leased.set(id, lease);
          return lease;
        }),
      );
    },
    async settle(group) {
      assertLeased(group.settlements, leased);
      guarded(() => settle(group));
    },
    hold: (hostId, until) => turns.hold(hostId, () => hosts.wordOf(hostId), until),
    counts: () => ({
      queued: totals.pending - leased.size,
      leased: leased.size,
      done: counts.done,
      failed: counts.failed,
      skipped: counts.skipped,
      nextAt: turns.nextAt(),
    }),
    async close() {
      if (db.isOpen) db.close();
    },
  };
  return { frontier, live: { seen, leased } };
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

function rollBack(db: DatabaseSync): void {
  try {
    db.exec('ROLLBACK');
  } catch {
    // SQLite has rolled back by itself, or the file is gone; the first error is the one to tell.
  }
}
