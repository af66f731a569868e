// What the options of a job come to for each of its parts, with what its earlier runs have used up.

import type { Ledger } from '../base/contracts.ts';
import { GROUP_AGE_MAX_MS, GROUP_OUTCOMES_MAX } from '../base/limits.ts';
import type { createCommits } from '../crawl/commits.ts';
import type { GateConfig } from '../crawl/host-state.ts';
import type { CrawlRules } from '../crawl/parts.ts';
import type { CrawlOptions } from '../options/options.ts';
import { requestFields } from '../options/request-fields.ts';
import type { Job } from './job.ts';
import { type RunParts, totalsOf } from './run.ts';

/** First of two waits before a host that gives no answer at all is given up; the second is four times as long. */
const FIRST_HOLD_MS = 1_000;

/** robots.txt is matched with the product token that the server is told (RFC 9309, section 2.2.1). */
export function productToken({ userAgent }: CrawlOptions): string {
  return /^[^/\s]+/.exec(userAgent ?? '')?.[0] ?? 'gossamer';
}

export function gateConfig(options: CrawlOptions, resumed: boolean, ledger: Ledger): GateConfig {
  const most = options.hostLimit;
  const pace = {
    limitMax: options.hostConcurrency,
    delayMs: options.delayMs,
    adapt: options.adapt,
    patienceMs: options.hostPatienceMs,
    firstHoldMs: FIRST_HOLD_MS,
  };
  return {
    pace,
    robots: options.robots,
    robotsForbiddenDenies: options.robotsForbiddenDenies,
    agent: productToken(options),
    resumed,
    hostLimit: most === null ? null : { most, asked: new Map(ledger.askedByHost()) },
  };
}

export function commitRules(options: CrawlOptions): Parameters<typeof createCommits>[2] {
  // Half of the coroutines may wait for a commit while the other half fetches.
  const outcomesMax = Math.max(1, Math.min(GROUP_OUTCOMES_MAX, options.concurrency >> 1));
  return { outcomesMax, ageMaxMs: GROUP_AGE_MAX_MS };
}

export function crawlRules(options: CrawlOptions, job: Job, alreadyFinished: boolean): CrawlRules {
  const { limit } = options;
  return {
    concurrency: alreadyFinished ? 0 : options.concurrency,
    retriesMax: options.retries,
    newUrlsMax: limit === null ? Number.POSITIVE_INFINITY : Math.max(0, limit - askedBefore(job.store.ledger)),
  };
}

/** Of what the job may receive. */
export function bytesLeft({ sizeLimitBytes }: CrawlOptions, ledger: Ledger): number {
  return sizeLimitBytes === null ? Number.POSITIVE_INFINITY : sizeLimitBytes - totalsOf(ledger.runs()).bytes;
}

function askedBefore(ledger: Ledger): number {
  let asked = 0;
  for (const [, urls] of ledger.askedByHost()) asked += urls;
  return asked;
}

export function runRules(options: CrawlOptions): Pick<RunParts, 'agent' | 'secrets' | 'timeLimitMs'> {
  const { secrets } = requestFields(options);
  return { agent: productToken(options), secrets, timeLimitMs: options.timeLimitMs };
}
