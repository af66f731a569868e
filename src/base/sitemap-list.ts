// The sitemaps of a job, and what came of each.

import type { ErrorCode } from './errors.ts';

/** A sitemap that was found: guessed, named by robots.txt, or by an index. */
export interface NewSitemap {
  readonly url: string;
  /** The robots.txt, the index or the redirect that leads to it; null where it was guessed. */
  readonly namedIn: string | null;
  readonly host: string;
  /** Indexes and redirects that led to it. */
  readonly depth: number;
}

export interface Sitemap extends NewSitemap {
  readonly id: number;
  readonly hostId: number;
}

/**
 * What came of a sitemap: `missing` where there is none, `moved` where a redirect leads to another, `outside` where that is on a host that is not in
 * the job, `robots` where it may not be asked for, `limit` where more would be too much.
 */
export interface SitemapEnd {
  readonly verdict: 'read' | 'missing' | 'moved' | 'outside' | 'failed' | 'robots' | 'limit';
  /** 0 where there was no response. */
  readonly status: number;
  readonly error: ErrorCode | null;
  /** It was read in part: the rest is damaged or too much. */
  readonly isCut: boolean;
  /** Entries that were read, and those past the limit. */
  readonly entries: number;
  readonly excess: number;
  /** Sitemaps that it names on hosts that are not in the job; those are not asked for. */
  readonly outside: number;
  /** Entries that are longer than servers take, or of another scheme; they have no row. */
  readonly unfit: number;
}

/** The sitemaps of a job, so that after a restart it is known which are still to be read. Durable where it resolves. */
export interface SitemapList {
  /** Gives those that are new, and how many are past the limits. */
  add(found: readonly NewSitemap[]): Promise<{ readonly added: readonly Sitemap[]; readonly refused: number }>;
  end(id: number, end: SitemapEnd): Promise<void>;
  unread(): readonly Sitemap[];
}

/** A sitemap and what came of it; of jobs that were begun before it was kept, status and error are null. */
export interface SitemapRow {
  readonly url: string;
  /** The robots.txt, the index or the redirect that leads to it; null where it was guessed. */
  readonly namedIn: string | null;
  readonly verdict: SitemapEnd['verdict'];
  readonly status: number | null;
  readonly error: ErrorCode | null;
  readonly isCut: boolean;
}
