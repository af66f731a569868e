// The writing side of the store. It owns the leases of URLs and the counts, which are in memory, as on SQLite: whoever
// works on a host is the only one who does, and a job that is opened again finds the leased URLs queued.

import type { Frontier, Group, HostRoom, Lease, NewUrl, Settlement } from '../../base/contracts.ts';
import { LINKS_AT_ONCE_LENGTH, LINKS_AT_ONCE_MAX } from '../../base/limits.ts';
import { partsOf } from '../../base/parts.ts';
import { LONG_DUE_AT, type Returned } from '../memory/backlog.ts';
import type { AskRoom, HostTurn, Rotation } from '../memory/rotation.ts';
import type { Totals } from '../store.ts';
import { tooLongAtOnce } from '../too-long.ts';
import type { Hosts } from './host-ids.ts';
import type { Ids } from './ids.ts';
import type { Known } from './known.ts';
import type { Line } from './line.ts';
import { createLeaseReader, type Windows } from './queues.ts';
import type { Transactions } from './transactions.ts';
import {
  createGroupWriter,
  type GroupWork,
  type GroupWriterParts,
  type HostIds,
  remember,
  type Written,
} from './writer.ts';

export interface PostgresFrontierParts extends Omit<GroupWriterParts, 'nextId' | 'nearerBy'> {
  /** For reads, and for what is committed by itself. */
  readonly line: Line;
  readonly transactions: Transactions;
  readonly turns: Rotation;
  readonly windows: Windows;
  readonly totals: Totals;
  readonly hosts: Hosts;
  readonly ids: Ids;
  readonly known: Known;
  /** The names of hosts with URLs in the queue, by id. */
  readonly names: Map<number, string>;
  readonly close: () => Promise<void>;
}

/** A lease, and the depth of its URL as it is now. */
interface Held {
  readonly lease: Lease;
  depth: number;
}

export function createPostgresFrontier(parts: PostgresFrontierParts): {
  readonly frontier: Frontier;
  readonly leased: ReadonlyMap<number, unknown>;
} {
  const { schema, line, transactions, turns, windows, totals, hosts, ids, known, names } = parts;
  const leased = new Map<number, Held>();
  const nearerBy = ({ lease }: Settlement): number => lease.depth - (leased.get(lease.id)?.depth ?? lease.depth);
  const writer = createGroupWriter({ ...parts, nextId: ids.next, nearerBy });
  const leasesOf = createLeaseReader(schema);

  /** Prepares and runs one transaction, and takes note of what it did. */
  const write = async (
    hostNames: Iterable<string>,
    urls: number,
    workOf: (ids: HostIds) => GroupWork,
    settlements: readonly Settlement[] = [],
  ): Promise<void> => {
    const hostIds = await transactions.read(() => hosts.idsOf(hostNames));
    const written = await transactions.run(workOf(hostIds), () => ids.reserve(urls));
    apply(written, settlements);
  };

  const apply = (written: Written, settlements: readonly Settlement[]): void => {
    const { added, lowered, returned, tally } = written;
    remember(known, written);
    for (const { id, depth } of lowered) {
      const held = leased.get(id);
      if (held !== undefined) held.depth = depth;
    }
    totals.done += tally.done;
    totals.failed += tally.failed;
    totals.skipped += tally.skipped;
    totals.pending -= returned.filter((each) => each === null).length;
    for (const { id, hostId, skip, found } of added) {
      if (skip !== null) continue;
      totals.pending += 1;
      names.set(hostId, found.host);
      turns.queued(hostId, id);
    }
    for (const { id, hostId, host, isRegained } of lowered) {
      if (!isRegained) continue;
      totals.pending += 1;
      names.set(hostId, host);
      turns.putBack(hostId, { id, dueAt: LONG_DUE_AT, tries: 0 });
    }
    for (const [at, { lease }] of settlements.entries()) release(lease, returned[at] ?? null);
  };
  const release = ({ id, hostId }: Lease, returned: Returned | null): void => {
    leased.delete(id);
    if (returned !== null) turns.putBack(hostId, returned);
    turns.settled(hostId);
  };

  /** Links of a page that has too many for one transaction. */
  const admitAhead = async (settlement: Settlement): Promise<void> => {
    for (const [from, to] of partsOf(settlement.links, LINKS_AT_ONCE_MAX, LINKS_AT_ONCE_LENGTH)) {
      const part = settlement.links.slice(from, to);
      await write(hostsOf(part), part.length, (hostIds) => writer.admitAhead(settlement, from, to, hostIds));
    }
  };

  const takeTurns = async (most: number, now: number, room: AskRoom, newMost: number): Promise<HostTurn[]> => {
    const given = new Map<number, { readonly room: HostRoom; taken: number }>();
    // A host is asked once a call, because what was taken for it is not known to the caller yet.
    const roomLeft: AskRoom = (host, hostId) => {
      const before = given.get(hostId);
      if (before !== undefined) return { ...before.room, take: before.room.take - before.taken };
      const asked = room(host, hostId);
      if (asked === null) return null;
      given.set(hostId, { room: asked, taken: 0 });
      return asked;
    };
    const all: HostTurn[] = [];
    let newLeft = newMost;
    do {
      const some = turns.take(most - all.length, now, roomLeft, newLeft);
      for (const { hostId, wasAsked } of some) {
        given.get(hostId)!.taken += 1;
        if (!wasAsked) newLeft -= 1;
      }
      all.push(...some);
    } while (await transactions.read(() => windows.fetch(line.ask)));
    return all;
  };

  const frontier: Frontier = {
    async add(urls) {
      await write(hostsOf(urls), urls.length, (hostIds) => writer.add(urls, hostIds));
    },
    async lease(most, now, room, newMost = Number.POSITIVE_INFINITY) {
      const due = await takeTurns(most, now, room, newMost);
      if (due.length === 0) return [];
      const leases = await transactions.read(() => leasesOf(line.ask, due));
      for (const lease of leases) leased.set(lease.id, { lease, depth: lease.depth });
      return leases;
    },
    async settle(group) {
      assertHeld(group.settlements, leased);
      for (const settlement of tooLongAtOnce(group.settlements)) await admitAhead(settlement);
      const workOf = (hostIds: HostIds): GroupWork => writer.settle(group, hostIds);
      await write(hostsOfGroup(group), linksIn(group), workOf, group.settlements);
    },
    hold: turns.hold,
    counts: (newMost = 1) => {
      const { pending, done, failed, skipped } = totals;
      const nextAt = newMost > 0 ? turns.nextAt() : turns.nextAskedAt();
      const awaited = turns.awaited(newMost > 0);
      return { queued: pending - leased.size, leased: leased.size, done, failed, skipped, nextAt, awaited };
    },
    close: parts.close,
  };
  return { frontier, leased };
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
