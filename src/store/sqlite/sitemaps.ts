// The sitemaps of the job: which were found, which were read, and what they say about their entries. A sitemap is read
// completely or not at all. If a run was killed during a sitemap, the next run reads it again and finds its first
// entries already stored.

import type { DatabaseSync } from 'node:sqlite';
import type {
  Mention,
  NewSitemap,
  Sitemap,
  SitemapEnd,
  SitemapList,
  SitemapMention,
  SitemapRow,
} from '../../base/contracts.ts';
import { ROWS_READ_MAX, SITEMAP_HOSTS_MAX, SITEMAPS_PER_HOST_MAX, SITEMAPS_PER_JOB_MAX } from '../../base/limits.ts';
import { ERRORS } from '../codes.ts';
import { type Cells, query } from './database.ts';
import type { Dictionary } from './dictionary.ts';

/** Runs the changes as one transaction; resolves when it is durable. */
export type Transact = <T>(work: () => T) => Promise<T>;

export function createSitemapList(db: DatabaseSync, hosts: Dictionary, transact: Transact): SitemapList {
  const insert = db.prepare('INSERT INTO sitemaps (url, host, depth, named_in) VALUES (?, ?, ?, ?)');
  const setEnd = db.prepare(
    `UPDATE sitemaps SET verdict = ?1, entries = ?2, excess = ?3, status = ?4, error = ?5, is_cut = ?6 WHERE id = ?7`,
  );
  // A guessed sitemap may also be named later.
  const setName = db.prepare(
    'UPDATE sitemaps SET named_in = ?1 WHERE url = ?2 AND named_in IS NULL AND ?1 IS NOT NULL',
  );
  const ofHost = query(db, 'SELECT count(*) FROM sitemaps WHERE host = ?');
  const unread = query(
    db,
    `SELECT s.id, s.url, h.word, s.host, s.depth, s.named_in FROM sitemaps s JOIN hosts h ON h.id = s.host
       WHERE s.verdict IS NULL ORDER BY s.id`,
  );

  const known = query(db, 'SELECT 1 FROM sitemaps WHERE url = ?');
  const namedHosts = new Set(
    query(db, 'SELECT DISTINCT host FROM sitemaps WHERE named_in IS NOT NULL')
      .all()
      .map(([host]) => host as number),
  );
  let named = query(db, 'SELECT count(*) FROM sitemaps WHERE named_in IS NOT NULL').get()![0] as number;

  /**
   * Whether the host or the job already has as many sitemaps named by files as it may have. Guessed ones are not
   * limited: they belong to roots, which the user chose.
   */
  const isTooMany = (count: number): boolean =>
    count >= SITEMAPS_PER_HOST_MAX ||
    named >= SITEMAPS_PER_JOB_MAX ||
    (count === 0 && namedHosts.size >= SITEMAP_HOSTS_MAX);

  const addOne = (counts: Map<number, number>, { url, host, depth, namedIn }: NewSitemap): Sitemap | 'known' | null => {
    if (known.get(url) !== undefined) {
      setName.run(namedIn, url);
      return 'known';
    }
    const hostId = hosts.idOf(host);
    const count = counts.get(hostId) ?? (ofHost.get(hostId)![0] as number);
    counts.set(hostId, count);
    if (namedIn !== null && isTooMany(count)) return null;
    const { lastInsertRowid } = insert.run(url, hostId, depth, namedIn);
    counts.set(hostId, count + 1);
    if (namedIn !== null) {
      named += 1;
      namedHosts.add(hostId);
    }
    return { id: Number(lastInsertRowid), url, host, hostId, depth, namedIn };
  };
  return {
    add: (found) =>
      transact(() => {
        const counts = new Map<number, number>();
        const added: Sitemap[] = [];
        let refused = 0;
        for (const each of found) {
          const one = addOne(counts, each);
          if (one === null) refused += 1;
          else if (one !== 'known') added.push(one);
        }
        return { added, refused };
      }),
    end: (id, { verdict, entries, excess, status, error, isCut }: SitemapEnd) =>
      transact(() => void setEnd.run(verdict, entries, excess, status, ERRORS.code(error), isCut ? 1 : 0, id)),
    unread: async () =>
      unread.all().map((cells) => {
        const [id, url, host, hostId, depth, namedIn] = cells as [
          number,
          string,
          string,
          number,
          number,
          string | null,
        ];
        return { id, url, host, hostId, depth, namedIn };
      }),
  };
}

/** The parameter is the last id read. */
export const SITEMAPS_SQL = `
  SELECT id, url, named_in, verdict, status, error, is_cut FROM sitemaps
    WHERE id > ? ORDER BY id LIMIT ${ROWS_READ_MAX}`;

export function sitemapRowOf(cells: Cells): SitemapRow {
  const [, url, namedIn, verdict, status, error, isCut] = cells as unknown as [
    number,
    string,
    string | null,
    SitemapRow['verdict'],
    number | null,
    number | null,
    number,
  ];
  return { url, namedIn, verdict, status, error: ERRORS.word(error), isCut: isCut === 1 };
}

/** Writes what a sitemap says about a URL. The first mention stays. */
export function createMentionWriter(db: DatabaseSync): (urlId: number, mention: SitemapMention) => void {
  const insert = db.prepare('INSERT OR IGNORE INTO mentions VALUES (?, ?, ?, ?, ?)');
  return (urlId, { sitemapId, lastmod, changefreq, priority }) => {
    insert.run(urlId, sitemapId, lastmod || null, changefreq || null, priority);
  };
}

export const MENTION_SQL = `
  SELECT s.url, m.lastmod, m.changefreq, m.priority FROM mentions m JOIN sitemaps s ON s.id = m.sitemap WHERE m.url = ?`;

export function mentionRowOf(cells: Cells | undefined): Mention | null {
  if (cells === undefined) return null;
  const [sitemap, lastmod, changefreq, priority] = cells as [string, string | null, string | null, number | null];
  return { sitemap, lastmod, changefreq, priority };
}
