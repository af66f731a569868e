// Turns the options of a job into the rules of its parts, less what earlier runs have used up.

import { GROUP_AGE_MAX_MS, GROUP_LINKS_MAX, GROUP_OUTCOMES_MAX, HOSTS_IN_MEMORY_MAX } from '../base/limits.ts';
import { version } from '../base/version.ts';
import type { createCommits } from '../crawl/commits.ts';
import type { GateConfig } from '../crawl/host-state.ts';
import type { CrawlRules } from '../crawl/parts.ts';
import { createHostRules } from '../options/host-settings.ts';
import type { CrawlOptions } from '../options/options.ts';
import { requestFields } from '../options/request-fields.ts';
import type { Store } from '../store/store.ts';
import { partsOf } from '../url/host.ts';
import { agentsText, productToken } from '../url/host-agents.ts';
import type { EarlierRuns } from './earlier-runs.ts';
import type { RunParts } from './run.ts';

/**
 * A host that gives no answer is held twice before it is given up. This is the first hold; the second is four times as
 * long.
 */
const FIRST_HOLD_MS = 1_000;

/** The product tokens that robots.txt is matched with, as `agentsIn` reads them. */
export function productTokens({ userAgent, hosts }: Pick<CrawlOptions, 'userAgent' | 'hosts'>): string {
  const own = Object.entries(hosts ?? {}).flatMap(([name, rules]) =>
    rules.userAgent === undefined ? [] : [[name, productToken(rules.userAgent)] as const],
  );
  return agentsText(productToken(userAgent), Object.fromEntries(own));
}

/** `hostsMost` is how many hosts may be in memory; it is only set by tests. */
export function gateConfig(
  options: CrawlOptions,
  resumed: boolean,
  { asked }: EarlierRuns,
  hostsMost = Math.max(HOSTS_IN_MEMORY_MAX, 2 * options.concurrency),
): GateConfig {
  const most = options.hostLimit;
  const pace = {
    hostConcurrency: options.hostConcurrency,
    delayMs: options.delayMs,
    adapt: options.adapt,
    patienceMs: options.hostPatienceMs,
    firstHoldMs: FIRST_HOLD_MS,
  };
  return {
    pace,
    robots: options.robots,
    robotsForbiddenDenies: options.robotsForbiddenDenies,
    agent: productToken(options.userAgent),
    own: ownRules(options),
    resumed,
    hostLimit: most === null ? null : { most, asked },
    hostsMost,
  };
}

function ownRules({ hosts }: CrawlOptions): NonNullable<GateConfig['own']> {
  const rulesOf = createHostRules(hosts);
  return (host) => {
    const rules = hosts === null ? null : rulesOf(partsOf(host));
    if (rules === null) return null;
    const { delayMs, concurrency, userAgent } = rules;
    return {
      ...(delayMs !== undefined && { delayMs }),
      ...(concurrency !== undefined && { hostConcurrency: concurrency }),
      ...(userAgent !== undefined && { agent: productToken(userAgent) }),
    };
  };
}

export function commitRules(options: CrawlOptions): Parameters<typeof createCommits>[2] {
  // Half of the coroutines may wait for a commit while the other half fetches.
  const outcomesMax = Math.max(1, Math.min(GROUP_OUTCOMES_MAX, options.concurrency >> 1));
  return { outcomesMax, linksMax: GROUP_LINKS_MAX, ageMaxMs: GROUP_AGE_MAX_MS };
}

/** Workers that share a job reserve parts of its limit when they need them. */
export function crawlRules(
  options: CrawlOptions,
  { asked }: EarlierRuns,
  { alreadyFinished, isShared }: { readonly alreadyFinished: boolean; readonly isShared: boolean },
): CrawlRules {
  const { limit } = options;
  const askedBefore = asked.values().reduce((sum, urls) => sum + urls, 0);
  return {
    concurrency: alreadyFinished ? 0 : options.concurrency,
    retries: options.retries,
    // A number that can be reckoned with: the user may set a limit while the crawl runs.
    limit: limit === null ? Number.MAX_SAFE_INTEGER : isShared ? 0 : Math.max(0, limit - askedBefore),
    jobLimit: limit ?? Number.POSITIVE_INFINITY,
  };
}

/** How many bytes the job may still receive. */
export async function bytesLeft(
  { sizeLimitBytes }: CrawlOptions,
  { totals }: EarlierRuns,
  { share, worker }: Pick<Store, 'share' | 'worker'>,
): Promise<number> {
  if (sizeLimitBytes === null) return Number.POSITIVE_INFINITY;
  return worker === null ? sizeLimitBytes - totals.bytes : share.reserve('bytes', sizeLimitBytes);
}

export function runRules(
  options: CrawlOptions,
): Pick<RunParts, 'agent' | 'given' | 'timeLimitMs' | 'databasePatienceMs'> {
  const { timeLimitMs, databasePatienceMs } = options;
  return { agent: productTokens(options), given: requestFields(options), timeLimitMs, databasePatienceMs };
}

/** What a reader of the log must know about the run, without secrets. */
export function startFacts(options: CrawlOptions, resumed: boolean): object {
  const { roots, scope, depth, concurrency, hostConcurrency, delayMs, robots, limit } = options;
  const program = { version, node: process.versions.node, pid: process.pid };
  return { ...program, resumed, roots, scope, depth, concurrency, hostConcurrency, delayMs, robots, limit };
}
