// The sitemaps that are looked for where nothing names one.

import type { NewSitemap } from '../base/contracts.ts';
import { hostOf } from '../url/host.ts';

/** Where a site often has a sitemap that nothing names. */
const GUESSED_PATH = '/sitemap.xml';
/** The second guess, a sitemap index of common systems, if the first one is missing. */
export const SECOND_GUESS = '/sitemap_index.xml';

/** The sitemaps that sites may have without naming them: one per host. */
export function guessesOf(roots: readonly string[]): NewSitemap[] {
  return [...new Set(roots.map(hostOf))].map((host) => guessAt(host, GUESSED_PATH));
}

export function guessAt(host: string, path: string): NewSitemap {
  return { url: host + path, namedIn: null, host, depth: 0 };
}
