// Whether the roots that a model asks for are where a crawl may go without its user's own word.

import { ROOT_LOOKUPS_MAX_MS } from '../../base/limits.ts';
import { makeFetcher } from '../../job/assemble.ts';
import type { FetcherParts } from '../../job/client.ts';
import { SYSTEM, type World } from '../../job/world.ts';
import type { CrawlOptions } from '../../options/options.ts';
import { hostnameOf } from '../../url/host.ts';
import { ToolError } from './tool.ts';

/**
 * A crawl in which no root opens a private address or an unusual port: roots do so only where a user has typed them.
 * What an earlier run of the job was allowed counts no more either.
 */
export const WARY: World = {
  ...SYSTEM,
  openFetch: (options, { kept: _, ...parts }: FetcherParts) => makeFetcher(options, [], parts),
};

/** Throws ToolError for a root that the crawl would refuse, before it leaves a job behind. */
export async function assertPublic(options: CrawlOptions): Promise<void> {
  await using fetcher = await makeFetcher(options, []);
  const names = options.allowPrivate ? [] : [...new Set(options.roots.map(hostnameOf))];
  const found = await fetcher.privateAddresses(names, ROOT_LOOKUPS_MAX_MS);
  for (const root of options.roots) {
    // Nothing is sent: what the guard allows ends at the signal.
    const { refused } = await fetcher.fetch({ url: root, method: 'GET' }, AbortSignal.abort());
    const isPrivate = refused === 'address' || (found.get(hostnameOf(root)) ?? []).length > 0;
    if (isPrivate)
      throw new ToolError(
        'private-address',
        `${root} is at a private address. Only the user can allow that, by starting the server with --allow-private.`,
      );
    if (refused !== null) throw new ToolError('refused', `${root} cannot be requested: ${refused}.`);
  }
}
