// Fills the index of a job from its archive. It goes over all rows in the order in which they were found, adds pages
// that are new or changed, and removes pages that are gone. What was added stays if it is interrupted.

import { hash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Content, Contents } from '../base/contents.ts';
import type { Ledger, Row } from '../base/contracts.ts';
import { likenessOf, wordHash } from '../base/fingerprint.ts';
import { mediaTypeOf } from '../parse/page-kind.ts';
import { keyOfJob } from '../url/key.ts';
import { type Damages, noDamages, noteDamage } from '../views/documents.ts';
import { isTextual, kindOfText, typeOfText } from '../views/textual.ts';
import { soundRows } from '../views/unwritten.ts';
import { openIndex } from './index-file.ts';
import { type PageWords, pageWords } from './page-words.ts';
import { languageOf } from './stemming.ts';
import { termsOf } from './terms.ts';

export interface IndexingSummary {
  /** Pages in the index now. */
  readonly pages: number;
  readonly added: number;
  readonly removed: number;
  /** Pages that ask to be left out of searches. */
  readonly barred: number;
  readonly damages: Damages;
}

/** The first terms of a text count like a description: what a page is about stands at its beginning. */
const OPENING_TERMS = 100;
/** Pages that are written together. */
const PAGES_A_GROUP = 256;
/** Pairs of a target and a text that are known to be in the index. */
const ANCHORS_REMEMBERED_MAX = 500_000;

/** `onPage` is called with the number of rows that were looked at. Rejects with MachineError if the disk is full. */
export async function indexJob(
  folder: string,
  ledger: Ledger,
  contents: Contents,
  onPage: (rows: number) => void = () => {},
): Promise<IndexingSummary> {
  const database = openIndex(folder);
  try {
    const writer = createIndexFiller(database, keyOfJob(await ledger.job.identity()));
    const known = createMarks(database);
    const damages = noDamages();
    let [rows, added, removed, barred] = [0, 0, 0, 0];
    for await (const page of soundRows(ledger, null)) {
      for (const row of page) {
        rows += 1;
        const mark = isTextual(row) && row.archive !== null ? `${row.archive.file} ${row.archive.offset}` : null;
        const before = known.of(row.id);
        if (mark !== null && mark === before) continue;
        if (before !== null) removed += writer.remove(row.id);
        const content = mark === null ? null : await contents.of(row);
        if (content === null) continue;
        if ('damage' in content) noteDamage(damages, content, row);
        else if (isBarred(row, content)) barred += 1;
        else added += writer.add(row, mark!, content);
      }
      onPage(rows);
      writer.commitIfFull();
    }
    for (const id of known.rest()) removed += writer.remove(id);
    writer.end();
    const pages = database.prepare('select count(*) as pages from pages').get()!['pages'] as number;
    return { pages, added, removed, barred, damages };
  } finally {
    database.close();
  }
}

/** What the index knows of the rows, asked for in the order of their ids. */
function createMarks(database: DatabaseSync) {
  const select = database.prepare('select id, mark from pages where id > ? order by id limit 1000');
  let marks: { id: number; mark: string }[] = [];
  let at = 0;
  let last = 0;
  const next = (): { id: number; mark: string } | null => {
    if (at === marks.length) {
      marks = select.all(last) as typeof marks;
      at = 0;
    }
    return marks[at] ?? null;
  };
  const skipped: number[] = [];
  const take = (): void => {
    last = marks[at]!.id;
    at += 1;
  };
  return {
    /** The mark of the row; null if it is not in the index. */
    of(id: number): string | null {
      for (let mark = next(); mark !== null && mark.id < id; mark = next()) {
        skipped.push(mark.id);
        take();
      }
      const mark = next();
      if (mark?.id === id) take();
      // What the index gets from now on for this row is no news.
      last = Math.max(last, id);
      return mark?.id === id ? mark.mark : null;
    },
    /** The ids that were not asked for. */
    rest(): readonly number[] {
      for (let mark = next(); mark !== null; mark = next()) {
        skipped.push(mark.id);
        take();
      }
      return skipped;
    },
  };
}

function createIndexFiller(database: DatabaseSync, keyOf: (url: string) => string) {
  const insertPage = database.prepare('insert or ignore into pages values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)');
  const insertWords = database.prepare(
    'insert into words (rowid, title, headings, text, description, path) values (?, ?, ?, ?, ?, ?)',
  );
  // What a deletion returns may be beyond the numbers of JavaScript.
  const deletes = ['pages where id', 'words where rowid', 'anchor_words where rowid'].map((where) =>
    database.prepare(`delete from ${where} = ?`),
  );
  for (const statement of deletes) statement.setReadBigInts(true);
  const insertAnchor = database.prepare('insert or ignore into anchors values (?, ?)');
  const insertUntold = database.prepare('insert or ignore into untold values (?)');
  const anchorsKnown = new Set<string>();
  let pending = 0;

  const begin = (): void => {
    if (pending === 0) database.exec('begin');
    pending += 1;
  };
  const commit = (): void => {
    if (pending > 0) database.exec('commit');
    pending = 0;
  };
  const addAnchors = ({ anchors }: PageWords): void => {
    for (const { url, text } of anchors) {
      const known = `${url} ${text}`;
      if (anchorsKnown.has(known)) continue;
      if (anchorsKnown.size >= ANCHORS_REMEMBERED_MAX) anchorsKnown.clear();
      anchorsKnown.add(known);
      const target = numberOf(keyOf(url));
      if (insertAnchor.run(target, text).changes > 0) insertUntold.run(target);
    }
  };

  return {
    /** Returns 1 if the page has words. */
    add(row: Row, mark: string, content: Content): number {
      const kind = kindOfText(row, content.body);
      if (kind !== 'html' && kind !== 'xhtml') return 0;
      const url = content.url || row.url;
      const words = pageWords(content.body, typeOfText(row, kind), url);
      const language = languageOf(row.text?.language ?? null);
      const of = (text: string | null): string[] => (text === null ? [] : termsOf(text, language));
      const named = (text: string | null): string[] => (text === null ? [] : of(withParts(text)));
      const text = of(words.text);
      const headings = of(words.headings);
      const [high, low] = likenessOfTerms([...text, ...headings]);
      begin();
      const key = numberOf(row.key);
      const { id, title, fetchedAt } = row;
      const type = mediaTypeOf(row.contentType ?? '');
      const { changes } = insertPage.run(id, key, mark, row.url, title, type, language, fetchedAt ?? 0, high, low);
      // Another process fills the index too.
      if (changes === 0) return 0;
      const opening = [...of(row.text?.description ?? null), ...text.slice(0, OPENING_TERMS)];
      const columns = [named(title), headings, text, opening, named(wordsOfUrl(row.url))];
      insertWords.run(id, ...columns.map((terms) => terms.join(' ')));
      insertUntold.run(key);
      addAnchors(words);
      return 1;
    },
    remove(id: number): number {
      begin();
      for (const statement of deletes) statement.run(id);
      return 1;
    },
    commitIfFull(): void {
      if (pending >= PAGES_A_GROUP) commit();
    },
    /** Tells the index which texts lead to the pages, and makes it compact. */
    end(): void {
      commit();
      database.exec('begin');
      tellAnchors(database);
      database.exec('delete from untold');
      database.exec('commit');
      for (const table of ['words', 'anchor_words'])
        database.exec(`insert into ${table}(${table}) values ('optimize')`);
    },
  };
}

function tellAnchors(database: DatabaseSync): void {
  const untold = database.prepare(
    'select pages.id, pages.language, pages.key from untold join pages on pages.key = untold.target',
  );
  const texts = database.prepare('select text from anchors where target = ?');
  const remove = database.prepare('delete from anchor_words where rowid = ?');
  remove.setReadBigInts(true);
  const insert = database.prepare('insert into anchor_words (rowid, text) values (?, ?)');
  const name = database.prepare('update pages set named = ? where id = ?');
  for (const { id, language, key } of untold.all()) {
    const names = texts.all(key!);
    const terms = names.flatMap(({ text }) => termsOf(withParts(text as string), language as string));
    name.run(names.length, id!);
    remove.run(id!);
    if (terms.length > 0) insert.run(id!, terms.join(' '));
  }
}

/** A number of 48 bits in place of a key. */
function numberOf(key: string): number {
  return Number.parseInt(hash('sha1', key).slice(0, 12), 16);
}

/** With the parts of names behind them: people ask for `string builder` and mean `StringBuilder`. */
function withParts(text: string): string {
  const parts = text.match(NAME_OF_PARTS) ?? [];
  return parts.length === 0 ? text : `${text} ${parts.join(' ').replace(PART_BEGINS, ' ')}`;
}

const NAME_OF_PARTS = /\p{L}*(?:\p{Ll}\p{Lu}|\p{Lu}\p{Lu}\p{Ll})\p{L}*/gu;
const PART_BEGINS = /(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu;

/** The path without the ending of the file. */
function wordsOfUrl(url: string): string {
  const { pathname } = new URL(url);
  try {
    return decodeURIComponent(pathname).replace(/\.\w{1,5}$/, '');
  } catch {
    return pathname;
  }
}

function likenessOfTerms(terms: readonly string[]): readonly [number, number] {
  const words = Uint32Array.from(new Set(terms.map(wordHash)));
  return likenessOf({ words, tagPairs: NOTHING });
}

const NOTHING = new Uint32Array();
/** Fields of a response that may forbid searches in it. */
const SIGNALS: ReadonlySet<string> = new Set(['content-signal', 'content-usage']);
const NO_SEARCH = /(?:^|[\s,;])search\s*=\s*(?:no|n)(?=$|[\s,;])/i;

/** Whether the page asks not to be found: `noindex`, or a signal that forbids searches. */
function isBarred({ text }: Row, { headers }: Content): boolean {
  const robots = text?.robots ?? [];
  if (robots.includes('noindex') || robots.includes('none')) return true;
  for (let at = 0; at < headers.length; at += 2) {
    if (SIGNALS.has(headers[at]!.toLowerCase()) && NO_SEARCH.test(headers[at + 1]!)) return true;
  }
  return false;
}
