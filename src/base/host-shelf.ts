// The hosts of a job that are not in memory.

import type { HostRow } from './ledger.ts';

/** A host as it is stored, with what was written about it since this run began. */
export interface StoredHost extends HostRow {
  readonly rest: string | null;
  /** How many URLs of it were requested, in earlier runs too, where other processes may have done it. */
  readonly asked?: number;
  /** Set if another process worked on the host before this one. */
  readonly handed?: HandedHost;
}

export interface HandedHost {
  /** How much must be added to the times in `rest`. */
  readonly aheadMs: number;
  /** That process has died, so `rest` may be old. */
  readonly wasDropped: boolean;
}

/** What the store knows of hosts. The notes of a group write it. */
export interface HostShelf {
  /** These hosts in this order; null for a host that the store does not know. */
  load(hosts: readonly string[]): Promise<readonly (StoredHost | null)[]>;
}
