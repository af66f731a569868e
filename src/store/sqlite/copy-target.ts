// Writes the copy of a job. The ids of URLs become ranks, because those of a database that several processes wrote have
// gaps, and this one has none.

import type { DatabaseSync } from 'node:sqlite';
import { WORDS_CACHED_MAX } from '../../base/limits.ts';
import { removeFile } from '../../base/remove.ts';
import { STATES } from '../codes.ts';
import type { CopySource, CopyTarget } from '../copy/contract.ts';
import { markText } from '../copy/mark.ts';
import type { CopiedRow, Part } from '../copy/parts.ts';
import { createRanks, type Ranks } from '../copy/ranks.ts';
import { hashHalves } from '../memory/hash-number.ts';
import { ID_MAX } from '../memory/seen.ts';
import type { StoreClock } from '../store.ts';
import { sumsOf } from './copy-source.ts';
import { asStoreFailure, asUnwritable, inspect, openForWriting } from './database.ts';
import { createDictionary, type Dictionary } from './dictionary.ts';
import { readHead, writeHead } from './job-row.ts';
import { createLinkListWriter } from './link-list.ts';

/** Writes one row. */
type WriteRow = (row: CopiedRow) => void;

/** `location` is the path of the database. Throws JobError for a database that cannot be read. */
export function openCopyTarget(location: string, shown: string, clock: StoreClock): CopyTarget {
  const there = inspect(location, readHead);
  let db: DatabaseSync | null = null;
  let writers: Readonly<Record<Part, WriteRow>> | null = null;

  const changing = <T>(work: (db: DatabaseSync) => T): T => {
    try {
      return work(db!);
    } catch (error) {
      if (db!.isTransaction) db!.exec('ROLLBACK');
      throw asStoreFailure(location, error);
    }
  };
  return {
    shown,
    there,
    async clear() {
      for (const end of ['', '-wal', '-shm']) removeFile(`${location}${end}`);
    },
    async begin({ head, ids }, mark) {
      const ranks = await ranksOf(ids);
      db = openForWriting(location);
      try {
        if (readHead(db) === null) writeHead(db, head, mark);
        writers = writersOf(db, ranks);
      } catch (error) {
        throw asUnwritable(location, error);
      }
    },
    async write(part, rows, mark) {
      changing((db) => {
        db.exec('BEGIN IMMEDIATE');
        for (const row of rows) writers![part](row);
        db.prepare('UPDATE job SET move = ?').run(markText(mark));
        db.exec('COMMIT');
      });
    },
    sums: () => sumsOf(db!),
    async arrive() {
      changing((db) => arriveIn(db, clock));
    },
    async close() {
      if (db?.isOpen) db.close();
    },
  };
}

async function ranksOf(ids: CopySource['ids']): Promise<Ranks> {
  const ranks = createRanks();
  for (let last = 0; ; ) {
    const page = await ids(last);
    if (page.length === 0) break;
    for (const id of page) ranks.add(id);
    last = page.at(-1)!;
  }
  if (ranks.size > ID_MAX) throw new Error(`store: a job in a file has at most ${ID_MAX} URLs`);
  return ranks;
}

/** Counts the rows, and makes the copy the job. The next run finds that this machine's clock was right just now. */
function arriveIn(db: DatabaseSync, clock: StoreClock): void {
  const settled = (state: 'done' | 'failed' | 'skipped'): string =>
    `(SELECT count(*) FROM outcomes WHERE state = ${STATES.code(state)})`;
  const skips = '(SELECT count(*) FROM urls WHERE skip IS NOT NULL)';
  // With FULL the commit is on disk, and with it all commits before.
  db.exec(`PRAGMA synchronous = FULL; BEGIN IMMEDIATE;
    UPDATE totals SET done = ${settled('done')}, failed = ${settled('failed')}, skipped = ${settled('skipped')} + ${skips}`);
  db.prepare('UPDATE runs SET updated_at = ?, uptime_ms = ? WHERE id = (SELECT max(id) FROM runs)').run(
    Math.round(clock.wall()),
    Math.round(clock.uptime()),
  );
  db.exec('UPDATE job SET move = NULL; COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
}

function writersOf(db: DatabaseSync, { rankOf }: Ranks): Readonly<Record<Part, WriteRow>> {
  const insert = (table: string, columns: readonly string[]): ((row: CopiedRow) => void) => {
    const places = columns.map(() => '?').join(', ');
    const statement = db.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`);
    return (row) => void statement.run(...columns.map((column) => stored(row[column])));
  };
  const ranked = (table: string, columns: readonly string[]): WriteRow => {
    const write = insert(table, ['url', ...columns]);
    return (row) => write({ ...row, url: rankOf(row['url']) });
  };
  const words = createDictionary(db, 'words', WORDS_CACHED_MAX);
  const wordOf = (text: string | null): number | null => (text === null ? null : words.idOf(text));
  const hosts = insert('hosts', [
    ...['id', 'word', 'held_until', 'why', 'robots_fetched_at', 'robots_expires_at', 'robots_status', 'robots_body'],
    'answered',
  ]);
  const urls = insert('urls', [
    ...['id', 'hash_high', 'hash_low', 'host', 'referrer', 'depth', 'hops', 'skip', 'url', 'key'],
    'outer_charset',
  ]);
  const runs = insert('runs', [
    ...['id', 'started_at', 'updated_at', 'ended_at', 'stopped_by', 'requests', 'bytes', 'peak_in_flight', 'hosts'],
    ...['in_flight', 'agent', 'elapsed_ms', 'waiting_for', 'loop_late'],
  ]);
  return {
    hosts: (row) => hosts({ ...row, word: row['name'] }),
    urls(row) {
      const [high, low] = hashHalves(row['key_hash']);
      const referrer = row['referrer'] === null ? null : rankOf(row['referrer']);
      const charset = wordOf(row['outer_charset']);
      urls({ ...row, id: rankOf(row['id']), hash_high: high, hash_low: low, referrer, outer_charset: charset });
    },
    queue: ranked('queue', ['host', 'due_at', 'tries']),
    ...settledWriters(insert, { rankOf, words, wordOf }),
    removals: ranked('removals', ['at']),
    sitemaps: insert('sitemaps', [
      ...['id', 'url', 'host', 'depth', 'verdict', 'entries', 'excess', 'named_in', 'status', 'error', 'is_cut'],
    ]),
    mentions: ranked('mentions', ['sitemap', 'lastmod', 'changefreq', 'priority']),
    runs: (row) => runs({ ...row, id: row['number'] }),
    moved_files: insert('moved_files', ['file', 'place', 'bytes', 'is_there', 'upload']),
    cookies: insert('cookies', ['site', 'key', 'cookie']),
  };
}

type Insert = (table: string, columns: readonly string[]) => WriteRow;

/** The writers of rows that refer to words and to other URLs. */
function settledWriters(
  insert: Insert,
  {
    rankOf,
    words,
    wordOf,
  }: Pick<Ranks, 'rankOf'> & {
    readonly words: Dictionary;
    readonly wordOf: (text: string | null) => number | null;
  },
): Readonly<Record<'visits' | 'attempts', WriteRow>> {
  const lists = createLinkListWriter();
  const referring = (row: CopiedRow): CopiedRow => {
    const { url, redirect, archive_file: file } = row;
    const redirectTo = redirect === null ? null : rankOf(redirect);
    return { ...row, url: rankOf(url), redirect_to: redirectTo, archive_file: wordOf(file) };
  };
  const archive = ['archive_file', 'archive_offset', 'archive_length', 'redirect_to', 'sha256'];
  const outcomes = insert('outcomes', [
    ...['url', 'state', 'reason', 'error', 'status', 'truncated', 'content_type', 'charset', 'bytes', 'tries'],
    ...['fetched_at', 'elapsed_ms', 'remote_address', ...archive, 'title', 'links', 'detail'],
    ...['redirect_fragment', 'protocol'],
  ]);
  const texts = insert('page_texts', ['url', 'description', 'language', 'canonical', 'robots']);
  const unkept = insert('unkept_links', ['url', 'dropped', 'too_long', 'other_scheme']);
  const badLinks = insert('bad_links', ['url', 'href', 'element']);
  const attempts = insert('attempts', [
    ...['url', 'number', 'at', 'error', 'status', 'state', 'reason', 'again_at', 'form', ...archive],
  ]);
  return {
    attempts: (row) => attempts(referring(row)),
    visits(found) {
      const row = referring(found);
      const { url, links } = row;
      const list = links === null ? null : lists.encode(url, new Set((links as number[]).map(rankOf)));
      const [type, charset] = [wordOf(row['content_type']), wordOf(row['charset'])];
      const address = wordOf(row['remote_address']);
      outcomes({ ...row, content_type: type, charset, remote_address: address, links: list });
      if (row['is_page']) texts({ ...row, language: wordOf(row['language']), robots: wordOf(row['robots']) });
      if (row['dropped'] !== null) unkept(row);
      const bad = JSON.parse(row['bad_links'] ?? '[]') as [href: string, element: string][];
      for (const [href, element] of bad) badLinks({ url, href: words.idOf(href), element: words.idOf(element) });
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: a value of a column.
function stored(value: any): any {
  return typeof value === 'boolean' ? Number(value) : value;
}
