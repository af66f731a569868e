// Exclusions as the text that both databases keep. The database may be from a stranger.

import type { KeptExclusion } from '../base/contracts.ts';

/** Whatever is no exclusion is left out. */
export function exclusionsIn(cell: unknown): readonly KeptExclusion[] {
  if (typeof cell !== 'string') return [];
  const all: unknown = JSON.parse(cell);
  if (!Array.isArray(all)) return [];
  return (all as Partial<KeptExclusion>[]).flatMap(({ pattern, since }) =>
    typeof pattern === 'string' && typeof since === 'number' ? [{ pattern, since }] : [],
  );
}

export function exclusionsText(exclusions: readonly KeptExclusion[]): string | null {
  return exclusions.length === 0 ? null : JSON.stringify(exclusions.map(({ pattern, since }) => ({ pattern, since })));
}
