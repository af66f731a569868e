// A snapshot of a run, for displays.

import type { Summary } from '../base/contracts.ts';
import type { Shortage } from './allowance.ts';
import type { SlowHost } from './earlier-runs.ts';

export interface Progress extends Summary {
  /** Requests in flight. */
  readonly inFlight: number;
  /** At least one root, or the target of its redirect, gave a response. */
  readonly anyResponse: boolean;
  /** Hosts whose robots.txt asks for a long delay between two requests. */
  readonly slowHosts: readonly SlowHost[];
  /** The traps that were set aside and what dominates the queue, one sentence each. */
  readonly traps: readonly string[];
  /** Which origins refuse the user's password, one sentence each. */
  readonly refusals: readonly string[];
  /** Why fewer requests are in flight than the user wants; null if that is not so. */
  readonly shortage: Shortage | null;
  /** Why files of the archive cannot be moved to where --archive wants them, a sentence; null if they can. */
  readonly archiveTrouble: string | null;
}
