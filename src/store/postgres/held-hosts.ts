// The hosts that this process has leased, and which of them it can do without. It owns the list.

import type { LeasedHost, SpareHost } from '../../base/job-share.ts';
import { HOSTS_LEASED_MAX } from '../../base/limits.ts';
import type { Rotation } from '../memory/rotation.ts';

export interface HeldHosts {
  has(hostId: number): boolean;
  hasName(host: string): boolean;
  /** It was removed with all others, and did not come back. */
  hasLost(host: string): boolean;
  /** Throws if the host was not leased. */
  nameOf(hostId: number): string;
  isLeaving(hostId: number): boolean;
  add(hosts: readonly LeasedHost[]): void;
  /** Returns whether it was there. */
  remove(hostId: number): boolean;
  /** Removes all. */
  clear(): LeasedHost[];
  /** Hosts of which nothing is leased. */
  free(): SpareHost[];
  /** Hosts of which nothing waits here and nothing is leased. */
  done(): LeasedHost[];
  /** How many others there are. */
  busy(): number;
  /** Whether only an event of another process can give this one something to do. */
  waitForNothing(): boolean;
  /** Those that may be given back now. Alone there is nobody to give anything to. */
  spare(now: number, isAlone: boolean): SpareHost[];
  /** Of so many hosts nothing more is leased, so that they can be given back. */
  letGo(count: number): void;
  /** The same for these hosts, which others want by name. */
  letGoOf(hostIds: Iterable<number>): void;
  readonly size: number;
}

interface Held extends LeasedHost {
  /** Since when nothing of it waits; null if something does. */
  emptySince: number | null;
  isLeaving: boolean;
}

/** How long a host without URLs is kept: links to it often come a little later. */
const IDLE_KEPT_MS = 2_000;
/** A host that waits for longer may be worked on by others meanwhile. */
const WAIT_KEPT_MS = 10_000;

/** `leasedOf` tells how many URLs of a host are leased. */
export function createHeldHosts(
  turns: Pick<Rotation, 'dueAt' | 'opensAt'>,
  leasedOf: (hostId: number) => number,
): HeldHosts {
  const held = new Map<number, Held>();
  const names = new Set<string>();
  const lost = new Set<string>();
  const isFree = ({ hostId }: Held): boolean => leasedOf(hostId) === 0;
  const isDone = (host: Held): boolean => isFree(host) && turns.dueAt(host.hostId) === Number.POSITIVE_INFINITY;
  const all = (): Held[] => [...held.values()];

  const spareOf = (host: Held, now: number, isAlone: boolean): SpareHost[] => {
    host.emptySince = isDone(host) ? (host.emptySince ?? now) : null;
    if (!isFree(host)) return [];
    if (host.isLeaving) return [{ ...host, why: 'surplus' }];
    if (isAlone && held.size < HOSTS_LEASED_MAX / 2) return [];
    if (host.emptySince !== null) return now - host.emptySince < IDLE_KEPT_MS ? [] : [{ ...host, why: 'idle' }];
    return turns.opensAt(host.hostId) > now + WAIT_KEPT_MS ? [{ ...host, why: 'waits' }] : [];
  };
  return {
    has: (hostId) => held.has(hostId),
    hasName: (host) => names.has(host),
    hasLost: (host) => lost.has(host),
    nameOf(hostId) {
      const host = held.get(hostId);
      if (host === undefined) throw new Error(`store: host ${hostId} was not leased`);
      return host.host;
    },
    isLeaving: (hostId) => held.get(hostId)?.isLeaving === true,
    add(hosts) {
      for (const host of hosts) {
        held.set(host.hostId, { ...host, emptySince: null, isLeaving: false });
        names.add(host.host);
        lost.delete(host.host);
      }
    },
    remove(hostId) {
      names.delete(held.get(hostId)?.host ?? '');
      return held.delete(hostId);
    },
    clear() {
      const hosts = all();
      held.clear();
      for (const name of names) lost.add(name);
      names.clear();
      return hosts;
    },
    free: () =>
      all()
        .filter(isFree)
        .map((host) => ({ ...host, why: 'surplus' })),
    done: () => all().filter(isDone),
    busy: () => all().filter((host) => !isDone(host)).length,
    // A host that is to be given back has URLs, although none of them is leased here any more.
    waitForNothing: () =>
      all().every((host) => !host.isLeaving && isFree(host) && turns.opensAt(host.hostId) === Number.POSITIVE_INFINITY),
    spare: (now, isAlone) => all().flatMap((host) => spareOf(host, now, isAlone)),
    letGo(count) {
      const busy = all().filter((host) => !isDone(host));
      const leaving = busy.filter(({ isLeaving }) => isLeaving).length;
      for (const host of busy.toReversed().slice(0, Math.max(0, count - leaving))) host.isLeaving = true;
    },
    letGoOf(hostIds) {
      for (const id of hostIds) {
        const host = held.get(id);
        if (host !== undefined) host.isLeaving = true;
      }
    },
    get size() {
      return held.size;
    },
  };
}
