// The options of a crawl that a tool begins: bounds and etiquette are the user's, the rest is what the tool was asked.

import { basename, join } from 'node:path';
import type { Ledger } from '../../base/contracts.ts';
import { choicesOf } from '../../options/job-settings.ts';
import { type CrawlOptions, usualFolder } from '../../options/options.ts';
import { readOptions } from '../../options/read-options.ts';
import { isOnServer } from '../job.ts';
import type { Shell } from '../shell.ts';
import type { McpJobs } from './jobs.ts';
import { ToolError } from './tool.ts';

/** What one call may do at most. */
export interface CrawlBounds {
  readonly limit: number;
  readonly timeMs: number;
  readonly allowPrivate: boolean;
}

/** What a tool was asked for. */
export interface Wish {
  readonly roots?: readonly string[] | undefined;
  readonly job?: string | undefined;
  readonly name?: string | undefined;
  readonly scope: CrawlOptions['scope'];
  readonly depth?: number | undefined;
  readonly limit: number;
  readonly seconds: number;
}

/** Throws ToolError and UsageError. */
export async function crawlOptions(
  wish: Wish,
  jobs: McpJobs,
  { allowPrivate }: CrawlBounds,
  { environment }: Pick<Shell, 'environment'>,
): Promise<CrawlOptions> {
  const { roots, job, name, scope, depth, limit, seconds } = wish;
  if ((roots === undefined) === (job === undefined))
    throw new ToolError('bad-input', 'Give "roots" for a new crawl, or "job" to go on with one: one of the two.');
  const bounded = (options: CrawlOptions, asked: number): CrawlOptions => ({
    ...options,
    ...{ limit: asked + limit, timeLimitMs: seconds * 1_000, allowPrivate: allowPrivate || options.allowPrivate },
    ...{ store: isOnServer(jobs.store) ? jobs.store : null, fresh: false, archive: true, revisitsOf: null },
    // They were given for sites that the user chose.
    ...{ auth: [], netrc: false, netrcFile: null, headers: [], secretHeaders: [] },
  });
  if (job !== undefined) {
    return jobs.reading(job, async ({ folder, ledger }) => {
      const identity = await ledger.job.identity();
      const options = readOptions(identity.roots, [], environment, choicesOf(identity, {}));
      return bounded({ ...options, output: folder }, await askedIn(ledger));
    });
  }
  const usual = readOptions(roots!, [], environment);
  const output = join(jobs.home, name ?? basename(usualFolder(usual.roots)));
  const known = (await jobs.names()).includes(output);
  const asked = known ? await jobs.reading(output, ({ ledger }) => askedIn(ledger)) : 0;
  return bounded(
    { ...usual, ...{ output, scope, strict: false, depth: depth ?? null, include: [], exclude: [] } },
    asked,
  );
}

/** How many URLs of the job were requested, as its limit counts them. */
async function askedIn({ rows }: Ledger): Promise<number> {
  return (await rows.askedByHost()).values().reduce((sum, urls) => sum + urls, 0);
}
