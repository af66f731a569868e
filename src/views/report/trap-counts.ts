// Counts URLs that were set aside as traps, by the text that names the template and the evidence.

import type { Row } from '../../base/contracts.ts';
import { TRAPS_LISTED_MAX } from '../../base/limits.ts';

export interface TrapCounts {
  readonly urls: number;
  /** The largest first. Traps beyond the limit are counted only in `urls`. */
  readonly traps: readonly { readonly trap: string; readonly urls: number; readonly example: string }[];
}

export function createTrapCounts(): { add(row: Row): void; readonly found: TrapCounts } {
  const traps = new Map<string, { trap: string; urls: number; example: string }>();
  let urls = 0;
  return {
    add({ state, reason, url, detail }) {
      if (state !== 'skipped' || reason !== 'trap') return;
      urls += 1;
      const trap = detail ?? '';
      const known = traps.get(trap);
      if (known !== undefined) known.urls += 1;
      else if (traps.size < TRAPS_LISTED_MAX) traps.set(trap, { trap, urls: 1, example: url });
    },
    get found() {
      return { urls, traps: [...traps.values()].sort((a, b) => b.urls - a.urls) };
    },
  };
}
