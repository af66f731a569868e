// What stands between the heart and the rules in traps/: which leases are set aside, and what the rules are told of each page.

import type { Lease, Outcome, ParsedPage, Settlement } from '../base/contracts.ts';
import type { SkipReason } from '../base/errors.ts';
import type { Reading, Traps } from '../traps/traps.ts';

export interface TrapWatch {
  /** Why the lease must not be asked for, if so. Null at once where it is in no trap: the store is asked only about those that are. */
  verdict(lease: Lease): Promise<TrapVerdict | null> | null;
  /** Looks at a response; what it gives is handed to `settled` with the links. */
  read(lease: Lease, outcome: Outcome, found: ParsedPage | null): Reading | null;
  /** The page and its links are in the store. */
  settled(reading: Reading | null, settlement: Pick<Settlement, 'links' | 'response'>): void;
  /** What the user is to be told, a sentence each; it grows. */
  readonly news: readonly string[];
}

export interface TrapVerdict {
  readonly reason: SkipReason;
  readonly error: null;
  readonly detail: string;
}

export const NO_TRAPS: TrapWatch = { verdict: () => null, read: () => null, settled: () => {}, news: [] };

/** `wasTakenBack`: the user has asked for the URL again, so it is not set aside again. */
export function createTrapWatch(traps: Traps, wasTakenBack: (id: number) => Promise<boolean>): TrapWatch {
  const setAside = async ({ id }: Lease, detail: string): Promise<TrapVerdict | null> => {
    if (await wasTakenBack(id)) return null;
    traps.setAside(detail);
    return { reason: 'trap', error: null, detail };
  };
  return {
    verdict(lease) {
      const detail = traps.leased(lease.url, lease.depth);
      return detail === null || lease.wasAsked ? null : setAside(lease, detail);
    },
    read({ url, depth }, { status, body, error }, found) {
      if (error !== null) return null;
      return traps.read({ url, depth, status, body, isPage: found !== null });
    },
    settled(reading, { links, response }) {
      const fresh = links.flatMap(({ url, wasNew }) => (wasNew === true ? [url] : []));
      const sha256 = response?.sha256 ?? null;
      const digest = sha256 === null ? 0 : Buffer.from(sha256).readUIntBE(0, 6);
      traps.settled(reading, { digest, links: links.map(({ url }) => url), fresh });
    },
    news: traps.news,
  };
}
