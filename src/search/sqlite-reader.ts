// Asks the index in the job's folder. Every term is quoted in an expression of FTS5, so nothing that people type has a
// meaning there.

import type { SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { TIME_MAX } from '../store/sound.ts';
import { readIndex, shardsIn, tableIn, unfit } from './index-file.ts';
import type { IndexReader, PageFacts, Ranked, SearchedPart } from './index-store.ts';
import type { Match, Phrase, Variants } from './match.ts';
import type { Filter } from './question.ts';
import { lastOfShard } from './shards.ts';
import { WEIGHTS } from './weights.ts';

interface Clause {
  readonly where: string;
  readonly values: readonly SQLInputValue[];
}

/** Where each part is looked for. */
const TABLES = { all: 'words', title: 'titles', anchors: 'anchor_words' } as const;
const RANKED = 'pages.id, url, named, coalesce(length(pages.title), 0) as title_length, likeness_high, likeness_low';

/** Throws JobError if there is no index that can be read. */
export function openSqliteReader(folder: string): IndexReader {
  const database = readIndex(folder);
  const shards = shardsIn(database);
  const prepare = (sql: string): Asked => asked(database.prepare(sql), folder);
  const count = (sql: string): number => prepare(sql).get()!['count'] as number;
  const lasts = new Map<number, number>();
  /** The id of the last of the first `among` pages. */
  const lastOfFirst = (among: number): number => {
    const known = lasts.get(among);
    if (known !== undefined) return known;
    const row = prepare('select id from pages order by id limit 1 offset ?').get(among - 1);
    const last = (row?.['id'] as number | undefined) ?? Number.MAX_SAFE_INTEGER;
    lasts.set(among, last);
    return last;
  };
  return {
    shards: async () => shards,
    pages: async () => count('select coalesce(sum(pages), 0) as count from languages'),
    async languages(most) {
      const select = prepare('select language from languages where pages > 0 order by pages desc, language limit ?');
      return select.all(most).map(({ language }) => language as string);
    },
    async pagesWith(terms, among = Number.MAX_SAFE_INTEGER) {
      const last = lastOfFirst(among);
      const counts = new Map(terms.map((term) => [term, 0]));
      for (const shard of shards.filter((each) => lastOfShard(each - 1) < last)) {
        const table = tableIn(shard, 'words');
        const select = prepare(`select count(*) as pages from ${table} where ${table} match ? and rowid <= ?`);
        // FTS5 stops there only for an integer, and a number of JavaScript is bound as another type.
        const pagesOf = (term: string): number => select.get(`"${term}"`, BigInt(last))!['pages'] as number;
        for (const term of terms) counts.set(term, counts.get(term)! + pagesOf(term));
      }
      return counts;
    },
    async isInTitle(match, shard) {
      const table = tableIn(shard, 'titles');
      const barred = barredBy(match, 'title', shard);
      const select = prepare(`select 1 from ${table} where ${table} match ? and ${barred.where} limit 1`);
      return select.get(expressionOf(match), ...barred.values) !== undefined;
    },
    async candidates(match, scope, filters, most, shard) {
      const { where, values } = clauseOf(filters);
      const table = tableIn(shard, TABLES[scope]);
      const weights = scope === 'anchors' ? '' : `, ${Object.values(WEIGHTS).join(', ')}`;
      const score = scope === 'title' ? '0' : `bm25(${table}${weights})`;
      const barred = barredBy(match, scope, shard);
      const select = prepare(
        `select ${RANKED}, ${score} as score from ${table} join pages on pages.id = ${table}.rowid
         where ${table} match ? and ${where} and ${barred.where} order by ${table}.rowid limit ?`,
      );
      return select.all(expressionOf(match), ...values, ...barred.values, most).map(candidateOf);
    },
    async listed(filters, most) {
      const { where, values } = clauseOf(filters);
      const select = prepare(`select ${RANKED}, 0 as score from pages where ${where} order by url limit ?`);
      return select.all(...values, most).map(candidateOf);
    },
    async matched(match, filters, most, shard) {
      const { sql, values } = matchedSql(match, filters, most, shard);
      return prepare(sql)
        .all(...values)
        .map(({ id }) => id as number);
    },
    async count(match, filters, most, shard) {
      const { sql, values } = matchedSql(match, filters, most, shard);
      return prepare(`select count(*) as count from (${sql})`).get(...values)!['count'] as number;
    },
    async alike(most, examples) {
      const groups =
        prepare(`select likeness_high as high, likeness_low as low, count(*) as pages from pages group by 1, 2
          having pages > 1 order by pages desc, high, low`).all() as unknown as {
          high: number;
          low: number;
          pages: number;
        }[];
      const some = prepare('select url from pages where likeness_high = ? and likeness_low = ? order by id limit ?');
      const urlsOf = (high: number, low: number) => some.all(high, low, examples).map(({ url }) => url as string);
      return {
        count: groups.length,
        groups: groups.slice(0, most).map(({ high, low, pages }) => ({ pages, urls: urlsOf(high, low) })),
      };
    },
    async facts(ids) {
      const select = prepare('select id, url, title, type, language, at from pages where id = ?');
      return ids.map((id) => sound(folder, () => factsOf(select.get(id))));
    },
    async [Symbol.asyncDispose]() {
      database.close();
    },
  };
}

interface Asked {
  all(...values: readonly SQLInputValue[]): Record<string, SQLOutputValue>[];
  get(...values: readonly SQLInputValue[]): Record<string, SQLOutputValue> | undefined;
}

/** A stranger may have made the index: a number that JavaScript has none for ends the question in a sentence. */
function asked(statement: StatementSync, folder: string): Asked {
  return {
    all: (...values) => sound(folder, () => statement.all(...values)),
    get: (...values) => sound(folder, () => statement.get(...values)),
  };
}

function sound<T>(folder: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof RangeError ? unfit(folder) : error;
  }
}

function factsOf(row: Record<string, SQLOutputValue> | undefined): PageFacts {
  const facts = row as unknown as PageFacts;
  if (!URL.canParse(facts.url) || !(Math.abs(facts.at) <= TIME_MAX)) throw new RangeError('no page of a crawl');
  return facts;
}

function candidateOf(row: Record<string, SQLOutputValue>): Ranked {
  return {
    id: row['id'] as number,
    url: row['url'] as string,
    score: row['score'] as number,
    named: row['named'] as number,
    titleLength: row['title_length'] as number,
    likeness: [row['likeness_high'] as number, row['likeness_low'] as number],
  };
}

interface Statement {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

function matchedSql(match: Match | null, filters: readonly Filter[], most: number, shard: number): Statement {
  const { where, values } = clauseOf(filters);
  if (match === null) {
    const sql = `select id from pages where id > ? and id <= ? and ${where} order by id limit ?`;
    return { sql, values: [lastOfShard(shard - 1), lastOfShard(shard), ...values, most] };
  }
  const [words, anchors] = [tableIn(shard, 'words'), tableIn(shard, 'anchor_words')];
  const barred = barredBy(match, 'anchors', shard);
  const expression = expressionOf(match);
  // In this order both tables are read side by side, and no further than is needed.
  const found = `select rowid as id from ${words} where ${words} match ? union
     select rowid from ${anchors} where ${anchors} match ? and ${barred.where} order by 1`;
  const given = [expression, expression, ...barred.values];
  if (filters.length === 0) return { sql: `${found} limit ?`, values: [...given, most] };
  const sql = `select id from (${found}) join pages using (id) where ${where} order by id limit ?`;
  return { sql, values: [...given, ...values, most] };
}

/** What a page must not have may be in its text, where only its title or the texts of links to it are looked at. */
function barredBy({ not }: Match, scope: SearchedPart, shard: number): Clause {
  if (scope === 'all' || not.length === 0) return { where: 'true', values: [] };
  const [words, table] = [tableIn(shard, 'words'), tableIn(shard, TABLES[scope])];
  const where = `not exists (select 1 from ${words} where ${words} match ? and ${words}.rowid = ${table}.rowid)`;
  return { where, values: [not.map(variantsText).join(' OR ')] };
}

function expressionOf({ all, any, not }: Match): string {
  const wanted = all.map(variantsText);
  if (any.length > 0) wanted.push(`(${any.map(variantsText).join(' OR ')})`);
  const found = `(${wanted.join(' AND ')})`;
  return not.length === 0 ? found : `(${found}) NOT (${not.map(variantsText).join(' OR ')})`;
}

function variantsText(variants: Variants): string {
  return variants.length === 1 ? phraseText(variants[0]!) : `(${variants.map(phraseText).join(' OR ')})`;
}

function phraseText(terms: Phrase): string {
  return `"${terms.map(({ term }) => term).join(' ')}"${terms.at(-1)!.isBeginning ? ' *' : ''}`;
}

function clauseOf(filters: readonly Filter[]): Clause {
  const wheres: string[] = ['true'];
  const values: SQLInputValue[] = [];
  const add = (where: string, ...more: SQLInputValue[]): void => {
    wheres.push(where);
    values.push(...more);
  };
  for (const filter of filters) {
    if ('at' in filter) add(filter.field === 'before' ? 'at < ?' : 'at >= ?', filter.at);
    else if (filter.field === 'facet') add(`${FACETS[filter.of]} = ?`, filter.value);
    else {
      const { value, isBarred } = filter;
      const not = isBarred ? 'not ' : '';
      if (filter.field === 'lang') add(`${not}language = ?`, value);
      else if (filter.field === 'type') add(`${not}instr(type, ?) > 0`, value);
      else if (filter.field === 'path') add(`${not}instr(lower(substr(url, instr(url, '://') + 3)), ?) > 0`, value);
      // The host itself, or a host below it.
      else add(`${not}(substr('.' || ${HOST}, -length(?)) = ?)`, `.${value}`, `.${value}`);
    }
  }
  return { where: wheres.join(' and '), values };
}

/** The host of the URL with its port. */
const HOST = `substr(url, instr(url, '://') + 3, instr(substr(url, instr(url, '://') + 3), '/') - 1)`;

const REST = `substr(url, instr(url, '://') + 3)`;
const PATH = `substr(${REST}, instr(${REST}, '/'), instr(${REST} || '?', '?') - instr(${REST}, '/'))`;
/** The first folder of the path; `/` outside of all folders. */
const FOLDER = `iif(instr(substr(${PATH}, 2), '/') > 1, substr(${PATH}, 1, instr(substr(${PATH}, 2), '/') + 1), '/')`;
const FACETS = { host: HOST, folder: FOLDER, type: 'type', language: 'language' } as const;
