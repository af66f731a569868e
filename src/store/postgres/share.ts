// What this process has of a job, and what it knows of the rest. It owns what the others have told, and decides when to
// look again. Hosts are taken when too little can be leased, and given back when the heart says so.

import type { HostWatcher, JobShare } from '../../base/job-share.ts';
import { HOSTS_LEASED_MAX, HOSTS_TAKEN_AT_ONCE_MAX } from '../../base/limits.ts';
import { createHeldHosts, type HeldHosts } from './held-hosts.ts';
import { createHostExchange, type ShareParts } from './host-exchange.ts';
import { createLapse } from './lapse.ts';
import { LeasesLost } from './membership.ts';
import { createNews, type News } from './news.ts';
import { createReserve } from './reserve.ts';
import { PARTITIONS } from './schema.ts';

/** What the frontier needs of the share beside what the heart does. */
export interface Share extends JobShare {
  isOurs(hostId: number): boolean;
  /** Nothing more of the host is to be leased, so that it can be given back soon. */
  isLeaving(hostId: number): boolean;
  nameOf(hostId: number): string;
  /** Learns what others did, and takes `wanted` hosts at most; true if there may be more to lease. */
  look(now: number, wanted: number): Promise<boolean>;
  /** Some hosts that nobody works on have something to do. */
  freed(): void;
  /** Something of a host of this process was queued. */
  stirred(hostId: number): void;
  /** The host was lost and is not here again: what this process knows of it is old. */
  hasLost(host: string): boolean;
  /** Puts off the end of the leases. */
  renew(): Promise<void>;
  /** The leases were lost: what was leased is refused, and this process begins anew. */
  recover(lost: LeasesLost): Promise<void>;
  /** The leases have lapsed, as far as this process can know. */
  readonly hasLapsed: boolean;
  /** What other workers have changed of the totals. */
  readonly others: News['totals'];
  /** Gives back all hosts. */
  leave(): Promise<void>;
}

const SPARE_PAUSE_MS = 500;
/** How long it takes until others have told which hosts they took. */
const ROOM_PAUSE_MS = 1_000;
/** How often a worker looks what others did; a worker that is alone looks seldom. */
const LOOK_MS = 250;
const LOOK_ALONE_MS = 1_000;

/** How often to look whether the others have ended too, and how long to wait in between. */
const END_LOOKS_MAX = 50;
const END_PAUSE_MS = 100;

const NOTHING = { pending: 0, done: 0, failed: 0, skipped: 0 };
const ALONE: News = { totals: NOTHING, workers: 0, hosts: 0, wants: 0, idleSeenAt: null, at: 0 };

export function createShare(parts: ShareParts): Share {
  const { schema, ask, transactions, membership, turns, leasedOf } = parts;
  const held = createHeldHosts(turns, leasedOf);
  const newsOf = createNews(schema, membership);
  const lapse = createLapse(parts.clock, parts.leaseMs);
  let watcher: HostWatcher = { taken: () => {}, lost: () => {} };
  const exchange = createHostExchange(parts, held, (hosts, unread) => watcher.taken(hosts, unread));
  let news = ALONE;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let sparedAt = Number.NEGATIVE_INFINITY;
  let roomMadeAt = Number.NEGATIVE_INFINITY;
  /** There may be free hosts that were not asked for yet. */
  let isFresh = true;
  /** What is left in the whole job was left for another run when this worker had settled so many URLs. */
  let stuckAfter: number | null = null;
  let wants = 0;
  /** The time of the database when this worker was first seen idle; null if it is not. */
  let idleSince: number | null = null;
  let recovering: Promise<void> | null = null;

  const isIdle = (now: number): boolean => leasedOf() === 0 && turns.nextAt() > now;
  const isStuck = (): boolean => stuckAfter === parts.pages();
  const nextLookAt = (): number => lookedAt + (news.workers > 0 ? LOOK_MS : LOOK_ALONE_MS);

  const mayOthersFind = (): boolean => {
    if (news.workers === 0) return false;
    return idleSince === null || news.idleSeenAt === null || news.idleSeenAt <= idleSince;
  };
  const remaining = async (): Promise<number> => {
    const { queued, sitemaps } = await newsOf.remaining(ask);
    return queued + sitemaps;
  };
  const renew = async (): Promise<void> => {
    const sentAt = parts.clock.now();
    await membership.renew(ask, { hosts: held.busy(), wants, isIdle: isIdle(sentAt), pages: parts.pages() });
    lapse.renewed(sentAt);
  };
  const startAnew = async (): Promise<void> => {
    lapse.lapsed();
    dropAll(held, parts.forget, watcher);
    const sentAt = parts.clock.now();
    await transactions.read(() => membership.rejoin(ask));
    dropAll(held, parts.forget, watcher);
    lapse.renewed(sentAt);
    isFresh = true;
    stuckAfter = null;
    recovering = null;
  };
  const recover = async ({ epoch }: LeasesLost): Promise<void> => {
    if (membership.epoch !== epoch) return;
    recovering ??= startAnew();
    await recovering;
  };
  /** If the leases were lost, this process begins anew. */
  const guarded = async <T>(work: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof LeasesLost)) throw error;
      await recover(error);
      return otherwise;
    }
  };

  /** Others have too little to do: some hosts are not leased from any more, so that they can be given back. */
  const makeRoom = (now: number): void => {
    if (news.workers === 0 || now < roomMadeAt + ROOM_PAUSE_MS) return;
    roomMadeAt = now;
    const busy = held.busy();
    const fair = Math.ceil((busy + news.hosts) / (news.workers + 1));
    held.letGo(Math.min(busy - fair, news.wants));
  };
  const learn = async (now: number): Promise<boolean> => {
    const dead = await membership.findDead(ask, lapse.isSteady);
    if (dead.length > 0) await transactions.run((ask) => membership.bury(ask, dead));
    const [learnt, hasArrivals] = await Promise.all([newsOf.news(ask), exchange.readArrivals(), exchange.heedCalls()]);
    news = learnt;
    idleSince = isIdle(now) ? (idleSince ?? news.at) : null;
    makeRoom(now);
    return hasArrivals;
  };
  const look = async (now: number, wanted: number): Promise<boolean> => {
    const isDue = now >= nextLookAt();
    if (!isDue && !exchange.hasCalls && !(isFresh && wanted > 0)) return false;
    if (isDue) lookedAt = now;
    const hasArrivals = isDue && (await transactions.read(() => learn(now)));
    const most = Math.min(wanted, takenAtOnceMax(news, held.busy()), HOSTS_LEASED_MAX - held.size);
    if (wanted > 0) isFresh = false;
    const came = await exchange.call();
    const taken = most > 0 ? await exchange.take(most) : 0;
    wants = Math.max(0, most - taken);
    if (taken > 0 && taken >= most) isFresh = true;
    if (isDue) await transactions.read(renew);
    const hasMore = taken + came > 0 || hasArrivals;
    if (!isDue && !hasMore) return false;
    const isLast = !hasMore && held.waitForNothing() && !(await transactions.read(() => newsOf.hasOpenHosts(ask)));
    // What others found for the hosts of this worker they wrote before they had nothing left.
    const hasLate = isLast && (await transactions.read(exchange.readArrivals));
    // The last other worker may have ended the job since `learn`, or sitemaps wait until others are known to be idle.
    const isLeft = isLast && !hasLate && !mayOthersFind() && (await transactions.read(remaining)) > 0;
    stuckAfter = isLeft ? parts.pages() : null;
    return hasMore || hasLate;
  };

  return {
    ...{ renew: () => guarded(renew, undefined), recover },
    ...{ isOurs: held.has, has: held.hasName, hasLost: held.hasLost, isLeaving: held.isLeaving, nameOf: held.nameOf },
    ...{ want: exchange.want, stirred: exchange.stirred },
    look: (now, wanted) => guarded(() => look(now, wanted), true),
    freed() {
      isFresh = true;
      stuckAfter = null;
    },
    watch(told) {
      watcher = told;
    },
    signal: lapse.signal,
    get hasLapsed() {
      return lapse.hasLapsed;
    },
    get lookAt() {
      return isStuck() ? Number.POSITIVE_INFINITY : nextLookAt();
    },
    get mayOthersFind() {
      return mayOthersFind();
    },
    get others() {
      return news.totals;
    },
    async isOver() {
      const { queued, sitemaps, isEmpty } = await transactions.read(() => newsOf.remaining(ask));
      return queued + sitemaps === 0 && !isEmpty;
    },
    reserve: createReserve(parts),
    begunMsAgo: membership.begunMsAgo,
    othersEnded: () => untilEnded(async () => (await transactions.read(() => newsOf.unended(ask))) === 0, parts.pause),
    spare(now) {
      if (now < sparedAt + SPARE_PAUSE_MS) return [];
      sparedAt = now;
      return held.spare(now, news.workers === 0);
    },
    all: held.free,
    async giveBack(hosts) {
      stuckAfter = null;
      await guarded(() => exchange.giveBack(hosts), undefined);
    },
    leave: exchange.leave,
  };
}

/** Before a new beginning, and after it: some hosts may have been taken in between. */
function dropAll(held: HeldHosts, forget: (hostId: number) => void, watcher: HostWatcher): void {
  const lost = held.clear();
  for (const { hostId } of lost) forget(hostId);
  watcher.lost(lost);
}

/** Hosts are for workers that have fewer and want more: also those that this one has just given back. */
function takenAtOnceMax({ workers, wants, hosts }: News, busy: number): number {
  if (workers === 0 || wants === 0) return HOSTS_TAKEN_AT_ONCE_MAX;
  return busy * workers > hosts ? 0 : PARTITIONS;
}

async function untilEnded(haveEnded: () => Promise<boolean>, pause: ShareParts['pause']): Promise<void> {
  for (let look = 0; look < END_LOOKS_MAX; look += 1) {
    if (await haveEnded()) return;
    await pause(END_PAUSE_MS);
  }
}
