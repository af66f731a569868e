// Reads a job for a copy of it. The job is read-only until it leaves.

import type { DatabaseSync } from 'node:sqlite';
import type { CopySource } from '../copy/contract.ts';
import { type Mark, markText } from '../copy/mark.ts';
import { type CopiedRow, KEY_COLUMNS, type Part, ROWS_COPIED_MAX } from '../copy/parts.ts';
import { momentSql, pageSql, type SumWords, sumsBy } from '../copy/sums.ts';
import { withTimes } from '../copy/times.ts';
import type { StoreClock } from '../store.ts';
import { asStoreFailure, asUnreadable, openForReading, openForWriting, query } from './database.ts';
import { assertOwnDatabase } from './database-files.ts';
import { readHead } from './job-row.ts';
import { countLinkList, decodeLinkList } from './link-list.ts';
import { stepSince } from './times.ts';

/** The hash of a key as one number; as text, because it has 64 bits. */
const hashOf = (url: string): string => `CAST((${url}.hash_high << 32) | (${url}.hash_low & 4294967295) AS TEXT)`;

const REDIRECT = `t.redirect_to AS redirect, nullif(target.host, u.host) AS redirect_host, ${hashOf('target')} AS redirect_key`;
const ARCHIVE = 'file.word AS archive_file, t.archive_offset, t.archive_length, t.sha256';

/** Each selects the rows of `t`. */
const SELECTS: Readonly<Record<Part, string>> = {
  hosts: `SELECT t.id, t.word AS name, t.held_until, t.why, t.robots_fetched_at, t.robots_expires_at, t.robots_status,
      t.robots_body, t.answered
    FROM hosts t`,
  urls: `SELECT t.id, t.host, ${hashOf('t')} AS key_hash, t.referrer, nullif(referrer.host, t.host) AS referrer_host, t.depth, t.hops, t.skip,
      t.url, t.key, charset.word AS outer_charset
    FROM urls t LEFT JOIN urls referrer ON referrer.id = t.referrer LEFT JOIN words charset ON charset.id = t.outer_charset`,
  queue: 'SELECT t.host, t.url, t.due_at, t.tries FROM queue t',
  visits: `SELECT t.url, u.host, t.state, t.reason, t.error, t.status, t.truncated, type.word AS content_type,
      charset.word AS charset, t.bytes, t.tries, t.fetched_at, t.elapsed_ms, address.word AS remote_address, ${ARCHIVE},
      ${REDIRECT}, t.redirect_fragment, t.protocol, t.title, t.detail, text.url IS NOT NULL AS is_page, text.description, language.word AS language,
      text.canonical, robots.word AS robots, unkept.dropped, unkept.too_long, unkept.other_scheme, t.links,
      (SELECT json_group_array(json_array(href, element)) FROM
        (SELECT h.word AS href, e.word AS element FROM bad_links b JOIN words h ON h.id = b.href
          JOIN words e ON e.id = b.element WHERE b.url = t.url ORDER BY b.href)) AS bad_links
    FROM outcomes t
      JOIN urls u ON u.id = t.url
      LEFT JOIN urls target ON target.id = t.redirect_to
      LEFT JOIN words type ON type.id = t.content_type
      LEFT JOIN words charset ON charset.id = t.charset
      LEFT JOIN words address ON address.id = t.remote_address
      LEFT JOIN words file ON file.id = t.archive_file
      LEFT JOIN page_texts text ON text.url = t.url
      LEFT JOIN words language ON language.id = text.language
      LEFT JOIN words robots ON robots.id = text.robots
      LEFT JOIN unkept_links unkept ON unkept.url = t.url`,
  attempts: `SELECT t.url, t.number, u.host, t.at, t.error, t.status, t.form, t.state, t.reason, t.again_at, ${REDIRECT}, ${ARCHIVE}
    FROM attempts t
      JOIN urls u ON u.id = t.url
      LEFT JOIN urls target ON target.id = t.redirect_to
      LEFT JOIN words file ON file.id = t.archive_file`,
  removals: 'SELECT t.url, u.host, t.at FROM removals t JOIN urls u ON u.id = t.url',
  sitemaps: `SELECT t.id, t.host, t.url, t.depth, t.named_in, t.verdict, t.entries, t.excess, t.status, t.error, t.is_cut
    FROM sitemaps t`,
  mentions: `SELECT t.url, u.host, t.sitemap, t.lastmod, t.changefreq, t.priority
    FROM mentions t JOIN urls u ON u.id = t.url`,
  runs: `SELECT t.number, t.number AS epoch, t.started_at, t.updated_at, t.ended_at, t.stopped_by, t.requests, t.bytes, t.peak_in_flight, t.hosts,
      t.in_flight, t.agent, t.elapsed_ms, t.waiting_for, t.loop_late
    FROM (SELECT id AS number, * FROM runs) t`,
  moved_files: 'SELECT t.file, t.place, t.bytes, t.is_there, t.upload FROM moved_files t',
  cookies: 'SELECT t.site, t.key, t.cookie FROM cookies t',
};

export const SUM_WORDS: SumWords = {
  table: (part) => (part === 'visits' ? 'outcomes' : part),
  hostName: 'word',
  redirect: 'redirect_to',
  links: 'gossamer_links(url, links)',
  found: [
    '(SELECT count(*) FROM page_texts)',
    '(SELECT count(*) FROM unkept_links)',
    '(SELECT count(DISTINCT url) FROM bad_links)',
  ],
};

/** Throws JobError as `openForReading` does. `location` is the path of the database. */
export function openCopySource(location: string, shown: string, clock: StoreClock): CopySource {
  // In the end it is marked as left.
  assertOwnDatabase(location);
  const db = openForReading(location);
  try {
    return { shown, ...createCopySource(db, location, clock) };
  } catch (error) {
    db.close();
    throw asUnreadable(location, error);
  }
}

function createCopySource(db: DatabaseSync, location: string, clock: StoreClock): Omit<CopySource, 'shown'> {
  const { mark, ...head } = readHead(db)!;
  const aheadMs = stepSince(db, clock);
  const keyOf = query(db, `SELECT t.host, ${hashOf('t')} FROM urls t WHERE t.id = ?`);
  const idsAfter = query(db, `SELECT id FROM urls WHERE id > ? ORDER BY id LIMIT ${ROWS_COPIED_MAX}`);
  const pages = Object.entries(SELECTS).map(([part, select]) => {
    const parameters = KEY_COLUMNS[part as Part].map(() => '?');
    return [part, db.prepare(pageSql(part as Part, select, parameters, ROWS_COPIED_MAX))] as const;
  });
  const pageOf = Object.fromEntries(pages);
  const told = async <T>(read: () => T | Promise<T>): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      throw asUnreadable(location, error);
    }
  };

  /** The links as ids, and as the hosts and the hashes of their keys. */
  const withLinks = (row: CopiedRow): CopiedRow => {
    const links = row['links'] === null ? [] : decodeLinkList(row['url'], row['links']);
    const bad = row['bad_links'] === '[]' ? null : row['bad_links'];
    if (links.length === 0) return { ...row, bad_links: bad, links: null, link_hosts: null, link_keys: null };
    const keys = links.map((id) => {
      const key = keyOf.get(id);
      if (key === undefined) throw new Error(`store: row ${row['url']} links to row ${id}, which does not exist`);
      return key;
    });
    return {
      ...row,
      bad_links: bad,
      links,
      link_hosts: keys.map(([host]) => (host === row['host'] ? null : host)),
      link_keys: keys.map(([, hash]) => hash),
    };
  };

  return {
    head,
    mark,
    page: (part, after) =>
      told(() => {
        const rows = pageOf[part]!.all(...after) as CopiedRow[];
        return part === 'visits' ? rows.map(withLinks) : rows.map((row) => withTimes(part, row, aheadMs));
      }),
    ids: (after) => told(() => idsAfter.all(after).map(([id]) => id as number)),
    sums: () => told(() => sumsOf(db)),
    moment: () => told(() => String(query(db, momentSql(SUM_WORDS)).get())),
    async leave(to) {
      const writing = openForWriting(location);
      try {
        writing.exec('PRAGMA synchronous = FULL');
        writing.prepare('UPDATE job SET move = ?').run(markText({ state: 'left', to } satisfies Mark));
      } catch (error) {
        throw asStoreFailure(location, error);
      } finally {
        writing.close();
      }
    },
    async close() {
      if (db.isOpen) db.close();
    },
  };
}

export function sumsOf(db: DatabaseSync): ReturnType<typeof sumsBy> {
  db.function('gossamer_links', (url, links) =>
    links === null ? 0 : countLinkList(url as number, links as Uint8Array),
  );
  return sumsBy(SUM_WORDS, async (sql) => query(db, sql).get()!);
}
