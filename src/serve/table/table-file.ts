// The table of a job's URLs, made to be filtered and sorted: an SQLite database in a temporary file. The store of a job
// has no index for this, because each index would slow its crawl. Everything here is copied from the store, and the
// file is gone when it is closed.
//
// `facts` is narrow, so a scan of a million rows reads little. Words are numbers of `words`. The file is read and not
// mapped, so the memory of the process does not grow with it; large pages make up for that.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Row } from '../../base/contracts.ts';
import { TABLE_CACHE_KB } from '../../base/limits-of-serving.ts';
import { removeTree } from '../../base/remove.ts';
import { hostOf } from '../../url/host.ts';

const TABLES = `
  PRAGMA page_size = 16384;
  PRAGMA journal_mode = OFF;
  PRAGMA synchronous = OFF;
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA temp_store = FILE;
  PRAGMA cache_size = -${TABLE_CACHE_KB};
  CREATE TABLE facts (
    id INTEGER PRIMARY KEY,
    state INTEGER NOT NULL,
    status INTEGER,
    error INTEGER,
    reason INTEGER,
    contentType INTEGER,
    depth INTEGER NOT NULL,
    host INTEGER NOT NULL,
    bytes INTEGER,
    elapsedMs INTEGER,
    fetchedAt INTEGER,
    links INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    truncated INTEGER,
    charset INTEGER,
    digest INTEGER
  ) STRICT;
  CREATE TABLE texts (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL,
    title TEXT,
    path_at INTEGER NOT NULL,
    query_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE others (id INTEGER PRIMARY KEY, referrer TEXT, redirectTo TEXT, sha256 TEXT) STRICT;
  CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE hosts (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE) STRICT;`;

/** Made once the first rows are there: adding to an index costs more than sorting. */
const INDEXES = [
  'status',
  'error',
  'reason',
  'contentType',
  'depth',
  'host',
  'bytes',
  'elapsedMs',
  'fetchedAt',
  'state',
]
  .map((column) => `CREATE INDEX facts_${column} ON facts (${column});`)
  .concat(
    'CREATE INDEX facts_digest ON facts (digest) WHERE digest IS NOT NULL;',
    'CREATE INDEX texts_url ON texts (url);',
  );

const HOSTS_NAMED_MAX = 8;

export const STATE_WORDS = ['queued', 'leased', 'done', 'failed', 'skipped'] as const;

export interface TableFile {
  readonly db: DatabaseSync;
  /** Writes a row, or writes it again. */
  put(row: Row): void;
  /** The hosts of all rows; empty if there are many. */
  hosts(): readonly string[];
  index(): void;
  close(): void;
}

export function createTableFile(): TableFile {
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-table-'));
  const db = new DatabaseSync(join(folder, 'table.db'));
  db.exec(TABLES);
  const words = createWords(db, 'words');
  const hosts = createWords(db, 'hosts');
  const facts = db.prepare(`INSERT OR REPLACE INTO facts VALUES (${Array(16).fill('?').join(', ')})`);
  const texts = db.prepare('INSERT OR REPLACE INTO texts VALUES (?, ?, ?, ?, ?)');
  const some = db.prepare('SELECT word FROM hosts LIMIT ?');
  const others = db.prepare('INSERT OR REPLACE INTO others VALUES (?, ?, ?, ?)');
  return {
    db,
    put(row) {
      const { id, url, status, bytes, sha256, referrer, redirectTo } = row;
      const host = hostOf(url);
      const queryAt = url.indexOf('?', host.length) + 1;
      const isBody = sha256 !== null && (bytes ?? 0) > 0 && status !== null && status >= 200 && status < 300;
      facts.run(
        ...[id, STATE_WORDS.indexOf(row.state), status === 0 ? null : status],
        ...[row.error, row.reason, row.contentType || null].map(words.idOf),
        ...[row.depth, hosts.idOf(host), bytes, row.elapsedMs, row.fetchedAt, row.links, row.tries],
        ...[row.truncated, row.charset || null].map(words.idOf),
        isBody ? digestOf(sha256) : null,
      );
      texts.run(id, url, row.title, host.length + 1, queryAt);
      if (referrer !== null || redirectTo !== null || sha256 !== null) others.run(id, referrer, redirectTo, sha256);
    },
    hosts() {
      const named = some.all(HOSTS_NAMED_MAX + 1).map(({ word }) => word as string);
      return named.length > HOSTS_NAMED_MAX ? [] : named;
    },
    index: () => {
      for (const sql of INDEXES) db.exec(sql);
    },
    close() {
      db.close();
      removeTree(folder);
    },
  };
}

/** The first 48 bits of a digest: of a million bodies, two different ones meet about once in five hundred jobs. */
export function digestOf(sha256: string): number {
  return Number.parseInt(sha256.slice(0, 12), 16);
}

function createWords(db: DatabaseSync, table: 'words' | 'hosts') {
  const ids = new Map<string, number>();
  const find = db.prepare(`SELECT id FROM ${table} WHERE word = ?`);
  const add = db.prepare(`INSERT INTO ${table} (word) VALUES (?)`);
  const known = (word: string): number => ids.get(word) ?? (find.get(word)?.['id'] as number | undefined) ?? 0;
  return {
    idOf(word: string | null): number | null {
      if (word === null) return null;
      const id = known(word) || Number(add.run(word).lastInsertRowid);
      if (ids.size >= 10_000) ids.clear();
      ids.set(word, id);
      return id;
    },
  };
}
