// The sitemaps of the job: which were found, which were read, and what they say of their entries. A sitemap is read as a whole or
// not at all: what a run that was killed had of it is there already when it is read again.

import type { DatabaseSync } from 'node:sqlite';
import type { NewSitemap, Sitemap, SitemapEnd, SitemapList, SitemapMention } from '../base/contracts.ts';
import { SITEMAPS_PER_HOST_MAX } from '../base/limits.ts';
import { query } from './database.ts';
import type { Dictionary } from './dictionary.ts';

/** Runs what changes the database as one transaction; resolves once that is durable. */
export type Transact = <T>(work: () => T) => Promise<T>;

export function createSitemapList(db: DatabaseSync, hosts: Dictionary, transact: Transact): SitemapList {
  const insert = db.prepare('INSERT OR IGNORE INTO sitemaps (url, host, depth) VALUES (?, ?, ?)');
  const setEnd = db.prepare('UPDATE sitemaps SET verdict = ?, entries = ?, excess = ? WHERE id = ?');
  const ofHost = query(db, 'SELECT count(*) FROM sitemaps WHERE host = ?');
  const unread = query(
    db,
    `SELECT s.id, s.url, h.word, s.host, s.depth FROM sitemaps s JOIN hosts h ON h.id = s.host
       WHERE s.verdict IS NULL ORDER BY s.id`,
  );

  const addOne = (counts: Map<number, number>, { url, host, depth }: NewSitemap): Sitemap[] => {
    const hostId = hosts.idOf(host);
    const count = counts.get(hostId) ?? (ofHost.get(hostId)![0] as number);
    const result = count < SITEMAPS_PER_HOST_MAX ? insert.run(url, hostId, depth) : null;
    const isNew = result?.changes === 1;
    counts.set(hostId, isNew ? count + 1 : count);
    return isNew ? [{ id: Number(result.lastInsertRowid), url, host, hostId, depth }] : [];
  };
  return {
    add: (found) =>
      transact(() => {
        const counts = new Map<number, number>();
        return found.flatMap((each) => addOne(counts, each));
      }),
    end: (id, { verdict, entries, excess }: SitemapEnd) =>
      transact(() => void setEnd.run(verdict, entries, excess, id)),
    unread: () =>
      unread.all().map((cells) => {
        const [id, url, host, hostId, depth] = cells as [number, string, string, number, number];
        return { id, url, host, hostId, depth };
      }),
  };
}

/** Writes what a sitemap says of a URL; what the first one said stays. */
export function createMentionWriter(db: DatabaseSync): (urlId: number, mention: SitemapMention) => void {
  const insert = db.prepare('INSERT OR IGNORE INTO mentions VALUES (?, ?, ?, ?, ?)');
  return (urlId, { sitemapId, lastmod, changefreq, priority }) => {
    insert.run(urlId, sitemapId, lastmod || null, changefreq || null, priority);
  };
}

export const MENTION_SQL = `
  SELECT s.url, m.lastmod, m.changefreq, m.priority FROM mentions m JOIN sitemaps s ON s.id = m.sitemap WHERE m.url = ?`;
