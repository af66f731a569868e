// Asking for one URL as a crawl asks for a root, redirects included, for the commands that do one request.

import type { Command } from 'commander';
import type { Fetch, Outcome } from '../base/contracts.ts';
import type { ErrorCode, SkipReason } from '../base/errors.ts';
import { locationOf } from '../crawl/admission.ts';
import { makeFetcher } from '../job/assemble.ts';
import { type CrawlOptions, readOptions } from '../options/options.ts';
import { addOptions, REQUEST_OPTIONS } from './flags.ts';
import type { Shell } from './shell.ts';

/** Options of a crawl from this root; throws UsageError. */
export type OptionsFor = (root: string) => CrawlOptions;

/** A URL, and everything that it redirected to. */
export interface Answered {
  /** One at least, in the order in which they were asked; the last is what the URL gave. */
  readonly outcomes: readonly Outcome[];
  readonly last: Outcome;
  /** What keeps the last from being a response that counts. */
  readonly error: ErrorCode | null;
  readonly reason: SkipReason | null;
}

/** Gives the command the options that a single request takes. */
export function addRequestOptions(command: Command, shell: Shell): OptionsFor {
  const typed = addOptions(command, REQUEST_OPTIONS);
  return (root) => readOptions([root], typed, shell.environment);
}

/** Asks for the root of `options`, and closes all connections. */
export async function askOnce(options: CrawlOptions): Promise<Answered> {
  await using fetcher = await makeFetcher(options);
  return await ask(fetcher.fetch, options);
}

/** Asks for the root of `options` and follows its redirects to where they end. */
export async function ask(fetch: Fetch, { roots, redirectsMax }: CrawlOptions): Promise<Answered> {
  const { signal } = new AbortController();
  const outcomes: Outcome[] = [];
  const asked = new Set<string>();
  let error: ErrorCode | null = null;
  for (let url: string | null = roots[0]!; url !== null; ) {
    if (asked.has(url)) error = 'redirect-loop';
    else if (asked.size > redirectsMax) error = 'redirect-limit';
    if (error !== null) break;
    asked.add(url);
    const outcome = await fetch({ url, method: 'GET' }, signal);
    outcomes.push(outcome);
    url = locationOf(outcome);
  }
  const last = outcomes.at(-1)!;
  // A body that was cut because it flowed too slowly is a response all the same.
  error ??= last.truncated === 'time' ? null : last.error;
  return { outcomes, last, error, reason: last.refused };
}
