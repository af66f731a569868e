// Brings hosts from the database into the memory of this process and back, with what waits in their queues.

import type { Clock } from '../../base/clock.ts';
import type { Sitemap } from '../../base/contracts.ts';
import type { GivenHost, LeasedHost } from '../../base/job-share.ts';
import type { Rotation } from '../memory/rotation.ts';
import type { HeldHosts } from './held-hosts.ts';
import { createHostLeases, type ReturnedHost } from './host-leases.ts';
import type { Ask } from './line.ts';
import type { Membership } from './membership.ts';
import { type Backlog, createBacklogReader } from './queues.ts';
import { LEFT_AT } from './schema.ts';
import type { DatabaseTimes } from './times.ts';
import type { Transactions } from './transactions.ts';

export interface ShareParts {
  readonly schema: string;
  /** Asks outside of transactions. */
  readonly ask: Ask;
  /** A connection for a transaction that need not be the owner of hosts. */
  readonly bound: () => Promise<Ask>;
  readonly transactions: Transactions;
  readonly membership: Membership;
  readonly turns: Rotation;
  readonly times: DatabaseTimes;
  readonly leaseMs: number;
  readonly clock: Pick<Clock, 'now'>;
  readonly pause: (ms: number) => Promise<void>;
  /** How many URLs of the host are leased; without a host, of all hosts. */
  readonly leasedOf: (hostId?: number) => number;
  /** Forgets what waits here of a host, and refuses what is leased of it. */
  readonly forget: (hostId: number) => void;
  /** How many URLs this worker has settled. */
  readonly pages: () => number;
  readonly unreadOf: (ask: Ask, hostIds: readonly number[]) => Promise<readonly Sitemap[]>;
}

export interface HostExchange {
  /** Takes about `wanted` hosts that are free; returns how many there were. */
  take(wanted: number): Promise<number>;
  /** Reads what others have queued for hosts of which nothing waits here; true if there is something. */
  readArrivals(): Promise<boolean>;
  giveBack(hosts: readonly GivenHost[]): Promise<void>;
  /** Gives back all hosts at once, without what is known of them. */
  leave(): Promise<void>;
}

export function createHostExchange(
  parts: ShareParts,
  held: HeldHosts,
  taken: (hosts: readonly LeasedHost[], unread: readonly Sitemap[]) => void,
): HostExchange {
  const { schema, ask, transactions, membership, turns, times, forget } = parts;
  const leases = createHostLeases(schema, membership);
  const backlogsOf = createBacklogReader(schema, times);

  const begin = (backlogs: readonly Backlog[]): boolean => {
    // Meanwhile something may have come that is counted already.
    const done = new Set(held.done().map(({ hostId }) => hostId));
    const fresh = backlogs.filter(({ hostId, firstId, returned }) => {
      return done.has(hostId) && (firstId !== null || returned.length > 0);
    });
    for (const { hostId, firstId, returned } of fresh) {
      for (const url of returned) turns.putBack(hostId, url);
      if (firstId !== null) turns.known(hostId, 1);
    }
    return fresh.length > 0;
  };
  return {
    async take(wanted) {
      const { hosts, unread, backlogs } = await transactions.run(async (ask) => {
        const hosts = await leases.take(ask, wanted);
        const ids = hosts.map(({ hostId }) => hostId);
        if (ids.length === 0) return { hosts, unread: [], backlogs: [] };
        const [unread, backlogs] = await Promise.all([parts.unreadOf(ask, ids), backlogsOf(ask, ids)]);
        return { hosts, unread, backlogs };
      });
      if (hosts.length === 0) return 0;
      for (const { hostId } of hosts) forget(hostId);
      held.add(hosts);
      taken(hosts, unread);
      begin(backlogs);
      return hosts.length;
    },
    async readArrivals() {
      const ids = held.done().map(({ hostId }) => hostId);
      if (ids.length === 0) return false;
      const [unread, backlogs] = await Promise.all([parts.unreadOf(ask, ids), backlogsOf(ask, ids)]);
      taken([], unread);
      return begin(backlogs);
    },
    async giveBack(hosts) {
      const returned = hosts.flatMap(({ hostId, note, openAt }): ReturnedHost[] => {
        if (!held.remove(hostId)) return [];
        const dueAt = turns.dueAt(hostId);
        const at = Math.max(openAt, dueAt === Number.POSITIVE_INFINITY ? 0 : dueAt);
        forget(hostId);
        const stored = at === Number.POSITIVE_INFINITY ? LEFT_AT : Math.max(0, times.toStored(at));
        return [{ hostId, openAt: stored, rest: note?.rest ?? null }];
      });
      if (returned.length > 0) await transactions.run((ask) => leases.giveBack(ask, returned, times.aheadMs()));
    },
    async leave() {
      await leases.free(ask);
      await membership.leave(ask);
    },
  };
}
