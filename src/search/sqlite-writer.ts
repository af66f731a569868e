// Fills the index in the job's folder.

import { hash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { createShard, FULL_TEXT, openIndex, shardsIn, tableIn } from './index-file.ts';
import type { IndexFiller } from './index-store.ts';
import { type IndexedPage, withParts } from './page-terms.ts';
import { shardOf } from './shards.ts';
import { termsOf } from './terms.ts';
import { COLUMNS } from './weights.ts';

/** Pages that are written together. */
const PAGES_A_GROUP = 1_024;
/** FTS5 gathers as much in memory before it writes a part of the index. Fewer parts are merged faster. */
const GATHERED_BYTES = 64 * 1024 * 1024;
const TITLE = COLUMNS.indexOf('title');
/** Pairs of a target and a text that are known to be in the index. */
const ANCHORS_REMEMBERED_MAX = 500_000;

/** Throws what SQLite throws. `keyOf` makes the key of a URL. */
export function openSqliteWriter(folder: string, keyOf: (url: string) => string): IndexFiller {
  const { database, isRenewed } = openIndex(folder);
  const shards = createShards(database);
  const group = createGroup(database);
  const addAnchors = createAnchorAdder(database, keyOf);
  const insertPage = database.prepare('insert or ignore into pages values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)');
  const insertUntold = database.prepare('insert or ignore into untold values (?)');
  const countIn = database.prepare(
    'insert into languages values (?, 1) on conflict do update set pages = languages.pages + 1',
  );
  const countOut = database.prepare(
    'update languages set pages = pages - 1 where language = (select language from pages where id = ?)',
  );
  const marks = database.prepare('select id, mark from pages where id > ? and id <= ?');
  const deletePage = database.prepare('delete from pages where id = ?');
  return {
    isRenewed,
    async marks(after, to) {
      return new Map(marks.all(after, to).map(({ id, mark }) => [id as number, mark as number]));
    },
    async add({ id, url, title, type, language, at, likeness, columns, anchors, ...page }, mark) {
      group.begin();
      const key = numberOf(page.key);
      const { changes } = insertPage.run(id, key, mark, url, title, type, language, at, ...likeness);
      if (changes === 0) return false;
      countIn.run(language);
      const shard = shards.of(id);
      shard.words.insert(id, columns);
      if (columns[TITLE] !== '') shard.titles.insert(id, [columns[TITLE]!]);
      insertUntold.run(key);
      addAnchors(anchors);
      group.commitIfFull();
      return true;
    },
    async remove(id) {
      group.begin();
      countOut.run(id);
      for (const table of Object.values(shards.of(id))) table.remove(id);
      deletePage.run(id);
    },
    commit: async () => group.commit(),
    async end() {
      group.commit();
      tellAnchors(database, shards);
      compact(database);
    },
    pages: async () => database.prepare('select count(*) as pages from pages').get()!['pages'] as number,
    async [Symbol.asyncDispose]() {
      database.close();
    },
  };
}

/** A full-text table of a shard. */
interface TermTable {
  insert(id: number, columns: readonly string[]): void;
  remove(id: number): void;
}

type Shard = Readonly<Record<keyof typeof FULL_TEXT, TermTable>>;

interface Shards {
  /** The shard of a page. */
  of(id: number): Shard;
}

function createShards(database: DatabaseSync): Shards {
  const open = new Map<number, Shard>();
  const tableOf = (table: string, columns: readonly string[]): TermTable => {
    database.exec(`insert into ${table}(${table}, rank) values ('hashsize', ${GATHERED_BYTES})`);
    const values = columns.map(() => '?').join(', ');
    const insert = database.prepare(`insert into ${table} (rowid, ${columns.join(', ')}) values (?, ${values})`);
    // What a deletion returns may be beyond the numbers of JavaScript.
    const remove = database.prepare(`delete from ${table} where rowid = ?`);
    remove.setReadBigInts(true);
    return {
      insert: (id, terms) => void insert.run(id, ...terms),
      remove: (id) => void remove.run(id),
    };
  };
  return {
    of(id) {
      const number = shardOf(id);
      let shard = open.get(number);
      if (shard === undefined) {
        createShard(database, number);
        const tables = Object.entries(FULL_TEXT).map(([name, columns]) => {
          return [name, tableOf(tableIn(number, name as keyof Shard), columns)] as const;
        });
        shard = Object.fromEntries(tables) as Shard;
        open.set(number, shard);
      }
      return shard;
    },
  };
}

/** What is written together. */
function createGroup(database: DatabaseSync) {
  let pending = 0;
  const commit = (): void => {
    if (pending > 0) database.exec('commit');
    pending = 0;
  };
  return {
    begin(): void {
      if (pending === 0) database.exec('begin immediate');
      pending += 1;
    },
    commit,
    commitIfFull(): void {
      if (pending >= PAGES_A_GROUP) commit();
    },
  };
}

function createAnchorAdder(database: DatabaseSync, keyOf: (url: string) => string) {
  const insertAnchor = database.prepare('insert or ignore into anchors values (?, ?)');
  const insertUntold = database.prepare('insert or ignore into untold values (?)');
  const isNew = createMemory();
  return (anchors: IndexedPage['anchors']): void => {
    for (const { url, text } of anchors) {
      if (!isNew(url, text)) continue;
      const target = numberOf(keyOf(url));
      if (insertAnchor.run(target, text).changes > 0) insertUntold.run(target);
    }
  };
}

/** Remembers which texts lead to which URLs. */
function createMemory(): (url: string, text: string) => boolean {
  const known = new Map<string, Set<string>>();
  let count = 0;
  return (url, text) => {
    const texts = known.get(url);
    if (texts?.has(text) === true) return false;
    if (count >= ANCHORS_REMEMBERED_MAX) known.clear();
    count = known.size === 0 ? 1 : count + 1;
    if (texts === undefined) known.set(url, new Set([text]));
    else texts.add(text);
    return true;
  };
}

function tellAnchors(database: DatabaseSync, shards: Shards): void {
  database.exec('begin immediate');
  const untold = database.prepare(
    'select pages.id, pages.language, pages.key from untold join pages on pages.key = untold.target',
  );
  const texts = database.prepare('select text from anchors where target = ?');
  const name = database.prepare('update pages set named = ? where id = ?');
  for (const { id, language, key } of untold.all()) {
    const names = texts.all(key!).map(({ text }) => text as string);
    const terms = anchorTerms(names, language as string);
    name.run(names.length, id!);
    const words = shards.of(id as number).anchor_words;
    words.remove(id as number);
    if (terms.length > 0) words.insert(id as number, [terms.join(' ')]);
  }
  database.exec('delete from untold; commit');
}

/** The terms of the texts of links that lead to a page in this language. */
export function anchorTerms(names: readonly string[], language: string): string[] {
  return names.flatMap((text) => termsOf(withParts(text)!, language));
}

function compact(database: DatabaseSync): void {
  for (const shard of shardsIn(database)) {
    for (const name of Object.keys(FULL_TEXT)) {
      const table = tableIn(shard, name as keyof Shard);
      database.exec(`insert into ${table}(${table}) values ('optimize')`);
    }
  }
  // The parts that were merged left free pages in the file.
  database.prepare('pragma incremental_vacuum').all();
  database.exec('pragma wal_checkpoint(truncate)');
}

/** A number of 48 bits in place of a key. */
export function numberOf(key: string): number {
  return Number.parseInt(hash('sha1', key).slice(0, 12), 16);
}
