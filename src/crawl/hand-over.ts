// Gives hosts back that this process has no use for, and begins anew with those that it gets, where several processes
// work on one job. It owns nothing: what is known of a host goes with it, from the gate by way of the store.

import type { GivenHost, SpareHost } from '../base/job-share.ts';
import { LOGGED_OUT } from './host-state.ts';
import type { CrawlParts } from './parts.ts';

export interface HandOver {
  /** Gives back what is spare now. */
  some(): void;
  /** Gives back all hosts; resolves once others can take them. */
  all(): Promise<void>;
}

/** A host that is held for less is kept. */
const HOLD_KEPT_MS = 10_000;

/** `fail` receives what the store threw. */
export function createHandOver(
  { share, commits, gate, sitemaps, clock }: Pick<CrawlParts, 'share' | 'commits' | 'gate' | 'sitemaps' | 'clock'>,
  fail: (error: unknown) => void,
): HandOver {
  share.watch({
    taken(hosts, unread) {
      for (const { host } of hosts) gate.forget(host);
      sitemaps.found(unread);
    },
    lost(hosts) {
      for (const { host, hostId } of hosts) {
        gate.forget(host);
        sitemaps.forget(hostId);
      }
    },
  });
  const given = ({ host, hostId, why }: SpareHost): GivenHost[] => {
    const { isUnread, isReading } = sitemaps.of(hostId);
    if (isReading || (isUnread && why !== 'surplus')) return [];
    // Whoever saw that the login was lost sees that it is renewed.
    if (why === 'waits' && gate.waitOf(host)?.why.startsWith(LOGGED_OUT) === true) return [];
    const left = gate.leave(host, why === 'waits' ? clock.now() + HOLD_KEPT_MS : 0);
    if (left === null) return [];
    sitemaps.forget(hostId);
    return [{ host, hostId, ...left }];
  };
  const give = async (spare: readonly SpareHost[]): Promise<void> => {
    if (spare.length === 0) return;
    // What was noted of these hosts must be there for whoever takes them.
    await commits.flush();
    const free = new Set(share.all().map(({ hostId }) => hostId));
    const hosts = spare.filter(({ hostId }) => free.has(hostId)).flatMap(given);
    if (hosts.length > 0) await share.giveBack(hosts);
  };
  return {
    some: () => void give(share.spare(clock.now())).catch(fail),
    all: () => give(share.all()),
  };
}
