// Requests one URL as a crawl requests a root, with its redirects, for the commands that make a single request.

import type { Command } from 'commander';
import { systemClock } from '../base/clock.ts';
import type { Fetch, Outcome } from '../base/contracts.ts';
import type { ErrorCode, SkipReason } from '../base/errors.ts';
import { locationOf } from '../crawl/admission.ts';
import { type Cookies, cookieFiles, cookiesAlone, makeFetcher } from '../job/assemble.ts';
import type { CrawlOptions } from '../options/options.ts';
import { readOptions } from '../options/read-options.ts';
import { addOptions, REQUEST_OPTIONS } from './flags.ts';
import type { Shell } from './shell.ts';

/** The options of a crawl from this root; throws UsageError. */
export type OptionsFor = (root: string) => CrawlOptions;

/** A URL and everything that it redirected to. */
export interface Answered {
  /** At least one, in the order of the requests; the last one is the final response. */
  readonly outcomes: readonly Outcome[];
  readonly last: Outcome;
  /** Why the last outcome is not a usable response; null if it is one. */
  readonly error: ErrorCode | null;
  readonly reason: SkipReason | null;
}

/** Adds the options that a single request takes to the command. */
export function addRequestOptions(command: Command, shell: Shell): OptionsFor {
  const typed = addOptions(command, REQUEST_OPTIONS);
  return (root) => readOptions([root], typed, shell.environment);
}

/** Requests the root of `options`, writes the cookies if the user wants them, and closes all connections. */
export async function askOnce(options: CrawlOptions): Promise<Answered> {
  const cookies = cookiesAlone(options, cookieFiles(options), systemClock);
  await using fetcher = await makeFetcher(options, options.roots, { tellsTls: true });
  const answered = await ask(fetcher.fetch, options, cookies);
  await cookies.save();
  return answered;
}

/** Requests the root of `options` and follows its redirects to the end. */
export async function ask(
  fetch: Fetch,
  { roots, redirectsMax }: CrawlOptions,
  cookies: Pick<Cookies, 'with' | 'changedAt'>,
): Promise<Answered> {
  const { signal } = new AbortController();
  const send = cookies.with(fetch);
  const outcomes: Outcome[] = [];
  const askedAt = new Map<string, number>();
  let error: ErrorCode | null = null;
  for (let url: string | null = roots[0]!; url !== null; ) {
    const before = askedAt.get(url);
    if (before !== undefined && cookies.changedAt(url) < before) error = 'redirect-loop';
    else if (outcomes.length > redirectsMax) error = 'redirect-limit';
    if (error !== null) break;
    const outcome = await send({ url, method: 'GET' }, signal);
    askedAt.set(url, outcome.startedAt);
    outcomes.push(outcome);
    url = locationOf(outcome);
  }
  const last = outcomes.at(-1)!;
  // A body that was cut because it came too slowly is a response all the same.
  error ??= last.truncated === 'time' ? null : last.error;
  return { outcomes, last, error, reason: last.refused };
}
