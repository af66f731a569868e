// A job in memory as after a crawl of an invented site, without a network.

import type { Settlement } from '../../src/base/contracts.ts';
import { openStore } from '../../src/store/sqlite/store.ts';
import type { Store } from '../../src/store/store.ts';
import { ended, FREE, found, IDENTITY, NOW, RESPONSE, settle } from '../contract/store-samples.ts';

export const MADE_ROOT = 'http://a.test/';

/** A page of an invented site: the paths that it links to, its status, its redirect, its title, its failure. */
export type Made = {
  readonly links?: readonly string[];
  readonly status?: number;
  readonly to?: string;
  readonly title?: string;
} & Partial<Pick<Settlement, 'error' | 'elapsedMs' | 'reason'>>;

export type MadeSite = Readonly<Record<string, Made>>;

/**
 * Settles the root and everything that it leads to, as the table says. A path that is missing in the table is a page
 * without links. A page has ten bytes per millisecond.
 */
export async function madeJob(site: MadeSite): Promise<Store> {
  const store = await openStore(':memory:', { identity: IDENTITY, now: NOW });
  await store.frontier.add([found(MADE_ROOT)]);
  for (;;) {
    const leases = await store.frontier.lease(100, NOW, FREE);
    if (leases.length === 0) return store;
    await settle(store.frontier, ...leases.map((lease) => endedAs(lease, site[pathOf(lease.url)] ?? {})));
  }
}

export function pathOf(url: string): string {
  return url.slice(MADE_ROOT.length - 1);
}

function endedAs(lease: Settlement['lease'], made: Made): Settlement {
  const { links = [], status = 200, to, title = RESPONSE.title, error = null, reason = null, elapsedMs = 12 } = made;
  const url = (path: string): string => new URL(path, MADE_ROOT).href;
  return ended(lease, {
    state: reason !== null ? 'skipped' : error === null ? 'done' : 'failed',
    reason,
    error,
    elapsedMs,
    response: error === null && reason === null ? { ...RESPONSE, title, status, bytes: elapsedMs * 10 } : null,
    links: links.map((path) => found(url(path), { depth: lease.depth + 1 })),
    redirect: to === undefined ? null : found(url(to), { depth: lease.depth, hops: lease.hops + 1 }),
  });
}
