// Connects the heart to the rules in traps/: which leases are set aside, and what the rules learn of each page.

import type { Lease, Outcome, ParsedPage, Settlement } from '../base/contracts.ts';
import type { SkipReason } from '../base/errors.ts';
import { inTurns } from '../base/slices.ts';
import type { Reading, Traps } from '../traps/traps.ts';

export interface TrapWatch {
  /**
   * Why the lease must not be requested; null if it may be. The function answers at once, because the host has room for
   * this request now: during a wait another request might take that room.
   */
  verdict(lease: Lease): TrapVerdict | null;
  /** Looks at a response; its result goes to `settled` with the links. */
  read(lease: Lease, outcome: Outcome, found: ParsedPage | null): Reading | null;
  /** The page and its links are in the store. The event loop gets turns while many or long links are looked at. */
  settled(reading: Reading | null, settlement: Pick<Settlement, 'links' | 'response'>): Promise<void>;
  /** Messages for the user, one sentence each; the list grows. */
  readonly news: readonly string[];
}

export interface TrapVerdict {
  readonly reason: SkipReason;
  readonly error: null;
  readonly detail: string;
}

export const NO_TRAPS: TrapWatch = { verdict: () => null, read: () => null, settled: async () => {}, news: [] };

export function createTrapWatch(traps: Traps, turn: () => Promise<void>): TrapWatch {
  return {
    verdict({ url, depth, wasAsked, wasTakenBack }) {
      const detail = traps.leased(url, depth);
      // What the user has queued again is not set aside again.
      if (detail === null || wasAsked || wasTakenBack) return null;
      traps.setAside(detail);
      return { reason: 'trap', error: null, detail };
    },
    read({ url, depth }, { status, body, error }, found) {
      if (error !== null) return null;
      return traps.read({ url, depth, status, body, isPage: found !== null });
    },
    settled(reading, { links, response }) {
      const fresh: string[] = [];
      for (const { url, wasNew } of links) if (wasNew === true) fresh.push(url);
      const sha256 = response?.sha256 ?? null;
      const digest = sha256 === null ? 0 : digestOf(sha256);
      return inTurns(traps.settled(reading, { digest, links: () => links.map(({ url }) => url), fresh }), turn);
    },
    news: traps.news,
  };
}

/** Four bytes of a hash as a small integer, never 0: many pages are remembered. */
function digestOf(sha256: Uint8Array): number {
  const [first = 0, second = 0, third = 0, fourth = 0] = sha256;
  return (first << 24) | (second << 16) | (third << 8) | fourth | 1;
}
