// The sitemaps of a job, and the result of each.

import type { ErrorCode } from './errors.ts';

/** A sitemap that was found: guessed, or named by robots.txt or an index. */
export interface NewSitemap {
  readonly url: string;
  /** The robots.txt, the index or the redirect that led to it; null if it was guessed. */
  readonly namedIn: string | null;
  readonly host: string;
  /** The number of indexes and redirects that led to it. */
  readonly depth: number;
}

export interface Sitemap extends NewSitemap {
  readonly id: number;
  readonly hostId: number;
}

/**
 * The result of a sitemap. `missing`: there is none. `moved`: it redirects to another one. `outside`: the redirect
 * leads to a host outside the job. `robots`: robots.txt forbids it. `limit`: it is beyond a limit.
 */
export interface SitemapEnd {
  readonly verdict: 'read' | 'missing' | 'moved' | 'outside' | 'failed' | 'robots' | 'limit';
  /** 0 if there was no response. */
  readonly status: number;
  readonly error: ErrorCode | null;
  /** It was read in part: the rest is damaged or too much. */
  readonly isCut: boolean;
  /** Entries that were read, and entries beyond the limit. */
  readonly entries: number;
  readonly excess: number;
  /** Sitemaps that it names on hosts outside the job; they are not requested. */
  readonly outside: number;
  /** Entries that are too long for servers or have another scheme; they have no row. */
  readonly unfit: number;
}

/**
 * The sitemaps of a job, so that after a restart it is known which are still to be read. A promise resolves once its
 * change is durable.
 */
export interface SitemapList {
  /** Returns the new sitemaps of this process's hosts, and how many are beyond the limits. */
  add(found: readonly NewSitemap[]): Promise<{ readonly added: readonly Sitemap[]; readonly refused: number }>;
  end(id: number, end: SitemapEnd): Promise<void>;
  /**
   * Call it once, at the beginning: after that the heart knows what is added and what ends. Those of hosts that are
   * taken later are told to the watcher of the share.
   */
  unread(): Promise<readonly Sitemap[]>;
}

/** A sitemap and its result. In jobs from before results were kept, status and error are null. */
export interface SitemapRow {
  readonly url: string;
  /** The robots.txt, the index or the redirect that led to it; null if it was guessed. */
  readonly namedIn: string | null;
  /** Null if it is still to be read, or if the reading broke off. */
  readonly verdict: SitemapEnd['verdict'] | null;
  readonly status: number | null;
  readonly error: ErrorCode | null;
  readonly isCut: boolean;
}
