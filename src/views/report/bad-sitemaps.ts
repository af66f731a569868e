// Sitemaps from which nothing was had, or not all, and what names them.

import type { JobReader, SitemapRow } from '../../base/contracts.ts';
import type { ErrorCode } from '../../base/errors.ts';
import { BROKEN_LISTED_MAX } from '../../base/limits.ts';

export interface BadSitemaps {
  readonly total: number;
  /** In the order in which they were found; of very many the first thousand. */
  readonly urls: readonly BadSitemap[];
}

export interface BadSitemap {
  readonly url: string;
  /**
   * `not-a-sitemap`: something else is there; `cut`: what is behind is damaged or too much; `robots`: it may not be
   * asked for; `outside`: it redirects to a host that is not in the job; `limit`: more would be too much.
   */
  readonly why: 'failed' | 'missing' | 'not-a-sitemap' | 'cut' | 'robots' | 'outside' | 'limit';
  /** Null where there was no response. */
  readonly status: number | null;
  readonly error: ErrorCode | null;
  /** The robots.txt, the index or the redirect that leads to it; null where it was guessed. */
  readonly namedIn: string | null;
}

export async function badSitemapsOf({ sitemaps }: Pick<JobReader, 'sitemaps'>): Promise<BadSitemaps> {
  const urls: BadSitemap[] = [];
  let total = 0;
  for await (const rows of sitemaps()) {
    for (const row of rows) {
      const why = whyBad(row);
      if (why === null) continue;
      total += 1;
      const { url, status, error, namedIn } = row;
      if (urls.length < BROKEN_LISTED_MAX) urls.push({ url, why, status: status || null, error, namedIn });
    }
  }
  return { total, urls };
}

/** A site may well have no sitemap where one was guessed. */
function whyBad({ verdict, status, error, isCut, namedIn }: SitemapRow): BadSitemap['why'] | null {
  if (verdict === 'failed') return 'failed';
  if (verdict === 'read') return isCut || error !== null ? 'cut' : null;
  if (verdict === 'moved' || namedIn === null) return null;
  if (verdict === 'robots' || verdict === 'outside' || verdict === 'limit') return verdict;
  return status !== null && status >= 200 && status < 300 ? 'not-a-sitemap' : 'missing';
}
