// The writing side of the store. It owns the leases of URLs and the counts, which are in memory, as on SQLite: a worker
// is the only one to work on the hosts that it has leased (share.ts), and whoever has them next finds the URLs queued.

import type { Clock } from '../../base/clock.ts';
import type { Frontier, Group, HostRoom, Lease, NewUrl, Settlement } from '../../base/contracts.ts';
import { LINKS_AT_ONCE_LENGTH, LINKS_WRITTEN_AT_ONCE_MAX } from '../../base/limits.ts';
import { partsOf } from '../../base/parts.ts';
import { LONG_DUE_AT, type Returned } from '../memory/backlog.ts';
import { type AskRoom, createRotation, type HostTurn } from '../memory/rotation.ts';
import type { Totals } from '../store.ts';
import { tooLongAtOnce } from '../too-long.ts';
import type { ShareParts } from './host-exchange.ts';
import type { Hosts } from './host-ids.ts';
import type { Ids } from './ids.ts';
import type { Known } from './known.ts';
import type { Line } from './line.ts';
import { type Membership, whileLost } from './membership.ts';
import { createLeaseReader, createWindows } from './queues.ts';
import { createShare, type Share } from './share.ts';
import type { Transactions } from './transactions.ts';
import {
  createGroupWriter,
  type GroupWork,
  type GroupWriterParts,
  type HostIds,
  remember,
  type Written,
} from './writer.ts';

export interface PostgresFrontierParts extends Omit<GroupWriterParts, 'nextId' | 'nearerBy' | 'worker' | 'isOurs'> {
  /** For reads, and for what is committed by itself. */
  readonly line: Line;
  readonly transactions: Transactions;
  readonly membership: Membership;
  /** What this worker has changed of the job's totals. */
  readonly totals: Totals;
  readonly hosts: Hosts;
  readonly ids: Ids;
  readonly known: Known;
  readonly leaseMs: number;
  readonly clock: Pick<Clock, 'now'>;
  readonly pause: ShareParts['pause'];
  readonly unreadOf: ShareParts['unreadOf'];
  readonly close: () => Promise<void>;
}

const NO_IDS: ReadonlySet<number> = new Set();
/** For a host that is to be given back. */
const LEAVING: HostRoom = { take: 0, notBefore: Number.POSITIVE_INFINITY };

/** A lease, and the depth of its URL as it is now. */
interface Held {
  readonly lease: Lease;
  depth: number;
}

export function createPostgresFrontier(parts: PostgresFrontierParts): {
  readonly frontier: Frontier;
  readonly share: Share;
  readonly leased: ReadonlyMap<number, unknown>;
} {
  const { schema, line, transactions, membership, totals, hosts, ids, known, times } = parts;
  const leased = new Map<number, Held>();
  const leasedByHost = new Map<number, Set<number>>();
  /** Leases of hosts that were lost. */
  const refused = new WeakSet<Lease>();
  const nearerBy = ({ lease }: Settlement): number => lease.depth - (leased.get(lease.id)?.depth ?? lease.depth);
  const isOurs = (hostId: number): boolean => share.isOurs(hostId);
  const windows = createWindows(schema, (hostId) => leasedByHost.get(hostId) ?? NO_IDS);
  const turns = createRotation({ window: windows.read, nameOf: (hostId) => share.nameOf(hostId), isShared: true });
  const writer = createGroupWriter({ ...parts, worker: membership, isOurs, nextId: ids.next, nearerBy });
  const leasesOf = createLeaseReader(schema);
  const share = createShare({
    ...{ schema, ask: line.ask, bound: line.bound, transactions, membership, turns, times },
    ...{ hosts, leaseMs: parts.leaseMs, clock: parts.clock, pause: parts.pause, unreadOf: parts.unreadOf },
    leasedOf: (hostId) => (hostId === undefined ? leased.size : (leasedByHost.get(hostId)?.size ?? 0)),
    forget(hostId) {
      turns.forget(hostId);
      windows.forget(hostId);
      for (const id of leasedByHost.get(hostId) ?? NO_IDS) {
        const held = leased.get(id);
        if (held !== undefined) refused.add(held.lease);
        leased.delete(id);
      }
      leasedByHost.delete(hostId);
    },
    pages: () => totals.done + totals.failed,
  });

  const idsInHand = (hostId: number): Set<number> => {
    let ids = leasedByHost.get(hostId);
    if (ids === undefined) {
      ids = new Set();
      leasedByHost.set(hostId, ids);
    }
    return ids;
  };
  /** After the leases were lost the work is done again; it then finds that they are refused. */
  const enduring = (work: () => Promise<void>): Promise<void> => whileLost(work, share.recover);

  /** Prepares and runs one transaction, and takes note of what it did. */
  const write = async (
    hostNames: Iterable<string>,
    urls: number,
    workOf: (ids: HostIds) => GroupWork,
    settlements: readonly Settlement[] = [],
    { epoch }: Pick<Membership, 'epoch'> = membership,
  ): Promise<void> => {
    const hostIds = await transactions.read(() => hosts.idsOf(hostNames));
    const written = await transactions.run(workOf(hostIds), () => ids.reserve(urls), epoch);
    apply(written, settlements);
  };

  const apply = (written: Written, settlements: readonly Settlement[]): void => {
    const { added, lowered, returned, tally, hasFreeHosts } = written;
    remember(known, written);
    if (hasFreeHosts) share.freed();
    for (const { id, depth } of lowered) {
      const held = leased.get(id);
      if (held !== undefined) held.depth = depth;
    }
    totals.pending += tally.queued;
    totals.done += tally.done;
    totals.failed += tally.failed;
    totals.skipped += tally.skipped;
    const ours = ({ hostId }: { readonly hostId: number }): boolean => isOurs(hostId);
    for (const { id, hostId, skip } of added.filter(ours)) {
      if (skip !== null) continue;
      turns.queued(hostId, id);
      share.stirred(hostId);
    }
    for (const { id, hostId, isRegained } of lowered.filter(ours)) {
      if (!isRegained) continue;
      turns.putBack(hostId, { id, dueAt: LONG_DUE_AT, tries: 0 });
      share.stirred(hostId);
    }
    for (const [at, { lease }] of settlements.entries()) release(lease, returned[at] ?? null);
  };
  const release = ({ id, hostId }: Lease, returned: Returned | null): void => {
    leased.delete(id);
    const inHand = leasedByHost.get(hostId);
    if (inHand?.delete(id) !== true) return;
    if (inHand.size === 0) leasedByHost.delete(hostId);
    if (returned !== null) turns.putBack(hostId, returned);
    turns.settled(hostId);
  };

  /** Links of a page that has too many for one transaction. */
  const admitAhead = async (settlement: Settlement, of: Pick<Membership, 'epoch'>): Promise<void> => {
    for (const [from, to] of partsOf(settlement.links, LINKS_WRITTEN_AT_ONCE_MAX, LINKS_AT_ONCE_LENGTH)) {
      const part = settlement.links.slice(from, to);
      const workOf = (hostIds: HostIds): GroupWork => writer.admitAhead(settlement, from, to, hostIds);
      await write(hostsOf(part), part.length, workOf, [], of);
    }
  };

  const takeTurns = async (most: number, now: number, room: AskRoom, newMost: number): Promise<HostTurn[]> => {
    const given = new Map<number, { readonly room: HostRoom; taken: number }>();
    // What was taken for a host is not known to the caller yet, so its room is that of its first answer. A host that
    // got nothing is asked again: since its answer it may have been loaded, or its request may have ended.
    const roomLeft: AskRoom = (host, hostId) => {
      const before = given.get(hostId);
      if (before !== undefined && before.taken > 0) {
        const take = before.room.take - before.taken;
        // Beyond it there is room when one of these leases is settled.
        return { ...before.room, take, notBefore: take > 0 ? 0 : Number.POSITIVE_INFINITY };
      }
      const asked = share.isLeaving(hostId) ? LEAVING : room(host, hostId);
      if (asked === null) return null;
      given.set(hostId, { room: asked, taken: 0 });
      return asked;
    };
    const all: HostTurn[] = [];
    let newLeft = newMost;
    const more = async (): Promise<boolean> => {
      if (await transactions.read(() => windows.fetch(line.ask))) return true;
      // Others may need to know of this worker, and hosts of it, also while it has enough to do.
      const wanted = newLeft > 0 ? most - all.length : 0;
      return (await share.look(now, wanted)) && wanted > 0;
    };
    do {
      const some = turns.take(most - all.length, now, roomLeft, newLeft);
      for (const { id, hostId, wasAsked } of some) {
        idsInHand(hostId).add(id);
        given.get(hostId)!.taken += 1;
        if (!wasAsked) newLeft -= 1;
      }
      all.push(...some);
    } while (await more());
    return all;
  };

  const frontier: Frontier = {
    add: (urls) => enduring(() => write(hostsOf(urls), urls.length, (hostIds) => writer.add(urls, hostIds))),
    async lease(most, now, room, newMost = Number.POSITIVE_INFINITY) {
      if (share.hasLapsed) return [];
      // The leases of hosts may be lost at any time.
      const isInHand = ({ id, hostId }: Pick<Lease, 'id' | 'hostId'>): boolean => idsInHand(hostId).has(id);
      const due = (await takeTurns(most, now, room, newMost)).filter(isInHand);
      if (due.length === 0) return [];
      const leases = (await transactions.read(() => leasesOf(line.ask, due))).filter(isInHand);
      for (const lease of leases) leased.set(lease.id, { lease, depth: lease.depth });
      return leases;
    },
    settle: (group) =>
      enduring(async () => {
        const { epoch } = membership;
        const settlements = group.settlements.filter(({ lease }) => !refused.has(lease));
        const lost = group.settlements.filter(({ lease }) => refused.has(lease));
        // Their owners know better.
        const hosts = group.hosts.filter(({ host }) => !share.hasLost(host));
        const kept = { ...group, settlements, hosts };
        assertHeld(settlements, leased);
        for (const settlement of tooLongAtOnce(settlements)) await admitAhead(settlement, { epoch });
        const workOf = (hostIds: HostIds): GroupWork => writer.settle(kept, lost, hostIds);
        await write(hostsOfGroup(kept), linksIn(kept), workOf, settlements, { epoch });
      }),
    rejudge: (verdicts) => enduring(() => write([], 0, () => writer.rejudge(verdicts))),
    hold: turns.hold,
    counts: (newMost = 1) => {
      const { others } = share;
      const nextAt = newMost > 0 ? turns.nextAt() : turns.nextAskedAt();
      return {
        queued: totals.pending + others.pending - leased.size,
        leased: leased.size,
        done: totals.done + others.done,
        failed: totals.failed + others.failed,
        skipped: totals.skipped + others.skipped,
        nextAt: share.hasLapsed ? Math.max(nextAt, share.lookAt) : nextAt,
        awaited: turns.awaited(newMost > 0),
      };
    },
    close: parts.close,
  };
  return { frontier, share, leased };
}

function hostsOf(urls: readonly NewUrl[]): Set<string> {
  return new Set(urls.map(({ host }) => host));
}

function hostsOfGroup({ settlements, hosts }: Group): Set<string> {
  const names = new Set(hosts.map(({ host }) => host));
  for (const { links, redirect } of settlements) {
    for (const { host } of links) names.add(host);
    if (redirect !== null) names.add(redirect.host);
  }
  return names;
}

function linksIn({ settlements }: Group): number {
  return settlements.reduce((sum, { links, redirect }) => sum + links.length + (redirect === null ? 0 : 1), 0);
}

/** Runs before anything is written, so a wrong group leaves the store unchanged. */
function assertHeld(settlements: readonly Settlement[], leased: ReadonlyMap<number, Held>): void {
  const ids = new Set<number>();
  for (const { lease } of settlements) {
    const known = leased.get(lease.id)?.lease;
    if (known === undefined || known.hostId !== lease.hostId || ids.has(lease.id)) {
      throw new Error(`store: row ${lease.id} is settled but not leased (${lease.url})`);
    }
    ids.add(lease.id);
  }
}
