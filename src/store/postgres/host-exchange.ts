// Brings hosts from the database into the memory of this process and back, with what waits in their queues.

import type { Clock } from '../../base/clock.ts';
import type { Sitemap } from '../../base/contracts.ts';
import type { GivenHost, LeasedHost } from '../../base/job-share.ts';
import type { Rotation } from '../memory/rotation.ts';
import type { HeldHosts } from './held-hosts.ts';
import type { Hosts } from './host-ids.ts';
import { createHostLeases, type ReturnedHost, type TakenHost } from './host-leases.ts';
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
  readonly hosts: Hosts;
  /** Forgets what waits here of a host, and refuses what is leased of it. */
  readonly forget: (hostId: number) => void;
  /** How many URLs this worker has settled. */
  readonly pages: () => number;
  readonly unreadOf: (ask: Ask, hostIds: readonly number[]) => Promise<readonly Sitemap[]>;
}

export interface HostExchange {
  /** Takes about `wanted` hosts that are free; returns how many there were. */
  take(wanted: number): Promise<number>;
  /** The host is wanted, although another process may have it. */
  want(host: string): void;
  /** Hosts are wanted. */
  readonly hasCalls: boolean;
  /** Takes those of the wanted hosts that are free, and tells who has the others. Returns how many came. */
  call(): Promise<number>;
  /** Has hosts given back soon that others want. */
  heedCalls(): Promise<void>;
  /** Something of the host was queued, leased or settled. */
  stirred(hostId: number): void;
  /** Reads what others have queued for hosts of which nothing waits here; true if there is something. */
  readArrivals(): Promise<boolean>;
  giveBack(hosts: readonly GivenHost[]): Promise<void>;
  /** Gives back all hosts at once, without what is known of them. */
  leave(): Promise<void>;
}

/** A host that was called is not free for others so long. */
const CALLER_FIRST_MS = 2_000;

export function createHostExchange(
  parts: ShareParts,
  held: HeldHosts,
  taken: (hosts: readonly LeasedHost[], unread: readonly Sitemap[]) => void,
): HostExchange {
  const { schema, ask, transactions, membership, turns, times, forget } = parts;
  const leases = createHostLeases(schema, membership);
  const backlogsOf = createBacklogReader(schema, times);

  /** The hosts of which nothing has waited here since others were asked what they have queued for them. */
  let quiet = new Set<number>();
  const wanted = new Set<string>();
  /** The hosts of this process that others want. */
  const called = new Set<number>();

  const begin = (backlogs: readonly Backlog[]): boolean => {
    const fresh = backlogs.filter(({ firstId, returned }) => firstId !== null || returned.length > 0);
    for (const { hostId, firstId, returned } of fresh) {
      for (const url of returned) turns.putBack(hostId, url);
      if (firstId !== null) turns.known(hostId, 1);
    }
    return fresh.length > 0;
  };
  const bring = async (some: (ask: Ask) => Promise<readonly TakenHost[]>): Promise<number> => {
    const { hosts, unread, backlogs } = await transactions.run(async (ask) => {
      const hosts = await some(ask);
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
  };
  return {
    take: (wanted) => bring((ask) => leases.take(ask, wanted)),
    want: (host) => void wanted.add(host),
    get hasCalls() {
      return wanted.size > 0;
    },
    async call() {
      const names = [...wanted].filter((host) => !held.hasName(host));
      wanted.clear();
      if (names.length === 0) return 0;
      const ids = await transactions.read(() => parts.hosts.idsOf(names));
      return bring((ask) =>
        leases.call(
          ask,
          [...ids.values()].filter((id) => !held.has(id)),
        ),
      );
    },
    async heedCalls() {
      const ours = await leases.called(ask, held.has);
      for (const id of ours) called.add(id);
      held.letGoOf(ours);
    },
    stirred: (hostId) => void quiet.delete(hostId),
    async readArrivals() {
      const asked = new Set(held.done().map(({ hostId }) => hostId));
      quiet = asked;
      if (asked.size === 0) return false;
      const ids = [...asked];
      const [unread, backlogs] = await Promise.all([parts.unreadOf(ask, ids), backlogsOf(ask, ids)]);
      // Meanwhile a host may have been given back, or something may have come that is counted already.
      const isQuiet = ({ hostId }: { readonly hostId: number }): boolean => asked.has(hostId) && held.has(hostId);
      taken([], unread.filter(isQuiet));
      return begin(backlogs.filter(isQuiet));
    },
    async giveBack(hosts) {
      const returned = hosts.flatMap(({ hostId, note, openAt }): ReturnedHost[] => {
        if (!held.remove(hostId)) return [];
        quiet.delete(hostId);
        const dueAt = turns.dueAt(hostId);
        // Who called the host comes first.
        const forCaller = called.delete(hostId) ? parts.clock.now() + CALLER_FIRST_MS : 0;
        const at = Math.max(openAt, dueAt === Number.POSITIVE_INFINITY ? 0 : dueAt, forCaller);
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
