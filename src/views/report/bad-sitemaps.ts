// Sitemaps that could not be read, or not completely, and what names them.

import type { JobReader, SitemapRow } from '../../base/contracts.ts';
import type { ErrorCode } from '../../base/errors.ts';
import { BROKEN_LISTED_MAX } from '../../base/limits.ts';

export interface BadSitemaps {
  readonly total: number;
  /** In the order in which they were found; at most a thousand. */
  readonly urls: readonly BadSitemap[];
}

export interface BadSitemap {
  readonly url: string;
  /**
   * `not-a-sitemap`: the file is something else; `cut`: only its beginning was read, because the file is damaged or too
   * long; `robots`: robots.txt denies it; `outside`: it redirects to a host that is not in the job; `limit`: the job
   * may read no more sitemaps.
   */
  readonly why: 'failed' | 'missing' | 'not-a-sitemap' | 'cut' | 'robots' | 'outside' | 'limit';
  /** Null if there was no response. */
  readonly status: number | null;
  readonly error: ErrorCode | null;
  /** The robots.txt, index or redirect that leads to it; null for a guessed sitemap. */
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

/** Null if nothing is wrong: a guessed sitemap may be missing. */
function whyBad({ verdict, status, error, isCut, namedIn }: SitemapRow): BadSitemap['why'] | null {
  if (verdict === 'failed') return 'failed';
  if (verdict === 'read') return isCut || error !== null ? 'cut' : null;
  if (verdict === null || verdict === 'moved' || namedIn === null) return null;
  if (verdict === 'robots' || verdict === 'outside' || verdict === 'limit') return verdict;
  return status !== null && status >= 200 && status < 300 ? 'not-a-sitemap' : 'missing';
}

/** What is wrong in one word: the error or the status, if nothing else is wrong. */
export function wordFor({ why, status, error }: BadSitemap): string {
  if (error !== null) return error;
  if (why === 'outside') return 'outside';
  return status !== null && (status < 200 || status > 299) ? String(status) : why;
}
