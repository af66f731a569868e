// What the heart works with, and what it hands out.

import type { BodyBudget } from '../base/body-budget.ts';
import type { Clock } from '../base/clock.ts';
import type {
  Archive,
  Fetch,
  Frontier,
  Lease,
  OpenSpool,
  Outcome,
  ParsedPage,
  Parser,
  Settlement,
} from '../base/contracts.ts';
import type { SkipReason } from '../base/errors.ts';
import type { JobShare } from '../base/job-share.ts';
import type { Admission } from './admission.ts';
import type { Commits } from './commits.ts';
import type { Gate } from './gate.ts';
import type { LetIn } from './let-in.ts';
import type { RedirectOf } from './returning.ts';
import type { Sitemaps } from './sitemaps.ts';
import type { TrapWatch } from './trap-watch.ts';

export interface CrawlParts {
  readonly frontier: Frontier;
  readonly share: JobShare;
  readonly commits: Commits;
  readonly gate: Gate;
  readonly sitemaps: Sitemaps;
  readonly traps: TrapWatch;
  /** Ends when the response has come. */
  readonly fetch: Fetch;
  /** When an answer may be processed; null at once. */
  readonly turnFor: (arrived: Outcome) => Promise<void> | null;
  /** Removes the content codings of a response. */
  readonly decode: (outcome: Outcome) => Outcome | Promise<Outcome>;
  /** Whether a response came to a user who is logged in; null if nobody watches that. */
  readonly letIn: LetIn | null;
  /** Fetches what has no row of its own (robots.txt), and archives it at once. */
  readonly fetchAside: Fetch;
  /** Where long bodies go that are not parsed. */
  readonly spool: OpenSpool;
  /** Reads the links of a response that is the requested content, as a `Parser` does. */
  readonly parse: (outcome: Outcome, lease: Lease) => ReturnType<Parser>;
  readonly archive: Archive;
  readonly admission: Admission;
  /** Where a response redirects. */
  readonly redirectOf: RedirectOf;
  /** The memory for bodies, shared with the fetcher. */
  readonly budget: BodyBudget;
  readonly clock: Clock;
  /** Aborts the requests in flight; their URLs go back to the queue. */
  readonly signal: AbortSignal;
  /**
   * How many requests in flight the system allows for now; at least one. Without this function, `concurrency` is the
   * only limit.
   */
  readonly inFlightMost?: () => number;
  /** Whether the machine or the consumer can take no more for now; `wake` is called when that changes. */
  readonly isPressed: () => boolean;
  /**
   * Called when nothing is left to do: judges once more what was left out, and tells whether it queued anything. If it
   * is missing, nothing needs a second look.
   */
  readonly lookAgain?: (() => Promise<boolean>) | undefined;
  /** Called once a page is settled as done or failed. The heart waits for it. */
  readonly onPage: (page: SettledPage) => unknown;
  /** Called once a lease was settled without a request. The heart waits for it. */
  readonly onSkip?: ((url: string, reason: SkipReason) => unknown) | undefined;
}

export interface CrawlRules {
  /** The number of coroutines. It is also the most URLs in flight, including those fetched and not yet committed. */
  readonly concurrency: number;
  readonly retries: number;
  /** URLs that may still be asked for the first time: `--limit` less what earlier runs asked. */
  readonly limit: number;
  /** `--limit`, of which processes that work together reserve parts. */
  readonly jobLimit: number;
}

export interface SettledPage {
  readonly settlement: Settlement;
  /** Null if the host was given up before this URL was requested. */
  readonly outcome: Outcome | null;
  readonly found: ParsedPage | null;
}
