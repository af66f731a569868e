// The hosts of a job that are not in memory.

import type { HostRow } from './ledger.ts';

/** A host as it is stored, with what this run has written about it. */
export interface StoredHost extends HostRow {
  readonly rest: string | null;
}

/** What the store knows of hosts. The notes of a group write it. */
export interface HostShelf {
  /** These hosts in this order; null for a host that the store does not know. */
  load(hosts: readonly string[]): Promise<readonly (StoredHost | null)[]>;
}
