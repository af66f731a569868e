// What the heart works with, and what it hands out.

import type { BodyBudget } from '../base/body-budget.ts';
import type { Clock } from '../base/clock.ts';
import type {
  Archive,
  Fetch,
  Frontier,
  OpenSpool,
  Outcome,
  ParsedPage,
  Parser,
  Settlement,
} from '../base/contracts.ts';
import type { SkipReason } from '../base/errors.ts';
import type { Admission } from './admission.ts';
import type { Commits } from './commits.ts';
import type { Gate } from './gate.ts';
import type { Sitemaps } from './sitemaps.ts';
import type { TrapWatch } from './trap-watch.ts';

export interface CrawlParts {
  readonly frontier: Frontier;
  readonly commits: Commits;
  readonly gate: Gate;
  readonly sitemaps: Sitemaps;
  readonly traps: TrapWatch;
  readonly fetch: Fetch;
  /** The same for what is no row of its own (robots.txt), and archived when it has come. */
  readonly fetchAside: Fetch;
  /** Where long bodies go that nobody reads. */
  readonly spool: OpenSpool;
  readonly parse: Parser;
  readonly archive: Archive;
  readonly admission: Admission;
  /** The memory for bodies, which the fetcher takes from too. */
  readonly budget: BodyBudget;
  readonly clock: Clock;
  /** Aborts what is in flight; it goes back to the queue. */
  readonly signal: AbortSignal;
  /** How many may be in flight for now: what the system gives, one at least. All that `concurrency` allows where it is not set. */
  readonly inFlightMost?: () => number;
  /** The machine or the consumer can take no more for now; `wake` is called when that changes. */
  readonly isPressed: () => boolean;
  /** Called once a page is settled as done or failed, and waited for. */
  readonly onPage: (page: SettledPage) => unknown;
  /** Called once a lease was settled without being asked, and waited for. */
  readonly onSkip?: ((url: string, reason: SkipReason) => unknown) | undefined;
}

export interface CrawlRules {
  /** Coroutines, and so the most URLs in flight, fetched and not yet committed included. */
  readonly concurrency: number;
  readonly retries: number;
  /** URLs that may still be asked for the first time: `--limit` less what earlier runs asked. */
  readonly limit: number;
}

export interface SettledPage {
  readonly settlement: Settlement;
  /** Null where the host was given up before this URL was asked. */
  readonly outcome: Outcome | null;
  readonly found: ParsedPage | null;
}
