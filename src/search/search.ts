// Answers a question from the index: which pages, in which order. Pages with all words come first, then pages with all
// but the most common ones, then pages with some of them. Pages that say nearly the same are one result.

import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { type Likeness, unlikeness } from '../base/fingerprint.ts';
import { expressionsOf, variantsOf } from './match.ts';
import type { Filter, Question, QuestionPart } from './question.ts';
import { suggestionFor } from './suggest.ts';

export interface SearchResult {
  /** The id of the row. */
  readonly id: number;
  readonly url: string;
  readonly title: string | null;
  readonly language: string;
  /** When the page was fetched, in wall milliseconds. */
  readonly at: number;
  /** URLs of pages that say nearly the same. */
  readonly alike: readonly string[];
}

export interface SearchAnswer {
  /** How many pages there are, those that are folded into others too. The count stops at `COUNTED_MAX`. */
  readonly count: number;
  readonly isCountCut: boolean;
  readonly results: readonly SearchResult[];
  /** The question with a misspelt word mended; null if every word is in the index or nothing is near it. */
  readonly suggestion: string | null;
}

/** Of these many results the best are chosen and folded. */
const RANKED_MAX = 400;
const COUNTED_MAX = 10_000;
/** Weights of title, headings, text, description and path. */
const WEIGHTS = '8.0, 4.0, 1.0, 2.0, 3.0';
const ANCHORS_WEIGHT = 2;
/** How much it counts if all of the title is what was asked for. The longer the rest of it, the less it counts. */
const TITLE_SCORE = 60;
/** A word that more than this share of all pages has tells little about any of them. */
const COMMON_SHARE = 0.3;
/** Pages whose likeness differs by at most this many bits of 64 say nearly the same. */
const ALIKE_BITS = 3;
/** A page that many different texts lead to is more likely the one that is meant. */
const NAMED_SCORE = 2;
const LANGUAGES_MAX = 6;

interface Hit {
  readonly id: number;
  readonly likeness: Likeness;
}

/** `from` and `most` are counts of results. */
export function search(database: DatabaseSync, question: Question, from: number, most: number): SearchAnswer {
  const languages = languagesOf(database);
  const filter = filterOf(question.filters);
  const hits: Hit[] = [];
  const known = new Set<number>();
  const { tiers, inTitle } = matchesOf(database, question.parts, languages);
  const length = question.parts.map(({ text }) => text).join(' ').length;
  let count = 0;
  for (const [tier, match] of tiers.entries()) {
    if (tier > 0 && hits.length > 0 && hits.length >= from + most) break;
    for (const hit of hitsOf(database, { match, inTitle, length }, filter)) {
      if (known.has(hit.id)) continue;
      known.add(hit.id);
      hits.push(hit);
    }
    if (tier === 0 || count === 0) count = countOf(database, match, filter);
  }
  const folds = folded(hits);
  const page = database.prepare('select url, title, language, at from pages where id = ?');
  const results = folds.slice(from, from + most).map(([first, ...others]) => {
    const { url, title, language, at } = page.get(first!.id)!;
    const alike = others.map(({ id }) => page.get(id)!['url'] as string);
    return { id: first!.id, url, title, language, at, alike } as SearchResult;
  });
  const suggestion = suggestionFor(database, question, languages);
  return { count: Math.max(count, hits.length), isCountCut: count >= COUNTED_MAX, results, suggestion };
}

/** The languages of the pages, the most frequent first. */
export function languagesOf(database: DatabaseSync): string[] {
  const select = database.prepare('select language from pages group by language order by count(*) desc limit ?');
  return select.all(LANGUAGES_MAX).map(({ language }) => language as string);
}

interface Matches {
  /** Expressions from the strictest to the widest; null asks for all pages. */
  readonly tiers: readonly (string | null)[];
  /** Asks for the words in the title: for all of them if any page has them there. */
  readonly inTitle: string;
}

/** If some of the words tell something and others are on most pages, the others need not be there. */
function matchesOf(database: DatabaseSync, parts: readonly QuestionPart[], languages: readonly string[]): Matches {
  const { wanted, barred } = expressionsOf(parts, languages);
  if (wanted.length === 0) return { tiers: [null], inTitle: '' };
  const pages = database.prepare('select count(*) as pages from pages').get()!['pages'] as number;
  const rare = parts.filter((part) => {
    return !part.isBarred && (part.kind !== 'word' || pagesWith(database, part, languages) <= pages * COMMON_SHARE);
  });
  const telling = expressionsOf(rare, languages).wanted;
  const needed = telling.length === 0 ? wanted : telling;
  const all = needed.join(' AND ');
  const tiers = [needed.length === wanted.length ? all : `${all} AND (${wanted.join(' OR ')})`];
  if (needed.length > 1) tiers.push(needed.join(' OR '));
  const inTitle = [wanted, needed].map((words) => `{title} : (${words.join(' AND ')})`);
  const isThere = database.prepare('select 1 from words where words match ? limit 1');
  const titled = inTitle.find((match) => isThere.get(match) !== undefined) ?? inTitle[1]!;
  const not = barred.length === 0 ? '' : ` NOT (${barred.join(' OR ')})`;
  return { tiers: tiers.map((tier) => (not === '' ? tier : `(${tier})${not}`)), inTitle: titled };
}

function pagesWith(database: DatabaseSync, part: QuestionPart, languages: readonly string[]): number {
  const select = database.prepare('select doc from terms where term = ?');
  const counts = variantsOf(part, languages).map((terms) =>
    Math.min(...terms.map(({ term }) => (select.get(term)?.['doc'] as number | undefined) ?? 0)),
  );
  return Math.max(0, ...counts);
}

interface Clause {
  readonly where: string;
  readonly values: readonly SQLInputValue[];
}

interface Ranking {
  /** Null asks for all pages. */
  readonly match: string | null;
  readonly inTitle: string;
  /** The length of what was asked for. */
  readonly length: number;
}

function hitsOf(database: DatabaseSync, { match, inTitle, length }: Ranking, { where, values }: Clause): Hit[] {
  const rows =
    match === null
      ? database
          .prepare(`select id, likeness_high, likeness_low from pages where ${where} order by url limit ${RANKED_MAX}`)
          .all(...values)
      : database
          .prepare(
            `with found as (
               select rowid as id, bm25(words, ${WEIGHTS}) as score from words where words match ?
               union all
               select rowid, bm25(anchor_words) * ${ANCHORS_WEIGHT} from anchor_words where anchor_words match ?
             ), titled as (select rowid as id from words where words match ?)
             select pages.id, likeness_high, likeness_low from found join pages on pages.id = found.id where ${where}
             group by pages.id
             order by sum(score) - ${NAMED_SCORE} * ln(1 + named)
               - iif(pages.id in titled, ${TITLE_SCORE} * min(1.0, ? * 1.0 / length(title)), 0), pages.id
             limit ${RANKED_MAX}`,
          )
          .all(match, match, inTitle, ...values, length);
  return rows.map(({ id, likeness_high, likeness_low }) => {
    return { id: id as number, likeness: [likeness_high as number, likeness_low as number] };
  });
}

function countOf(database: DatabaseSync, match: string | null, { where, values }: Clause): number {
  const found =
    match === null
      ? `select id from pages where ${where}`
      : `select pages.id from pages where ${where} and pages.id in
           (select rowid from words where words match ? union select rowid from anchor_words where anchor_words match ?)`;
  const given = match === null ? values : [...values, match, match];
  const select = database.prepare(`select count(*) as count from (${found} limit ${COUNTED_MAX})`);
  return select.get(...given)!['count'] as number;
}

function filterOf(filters: readonly Filter[]): Clause {
  const wheres: string[] = ['true'];
  const values: SQLInputValue[] = [];
  const add = (where: string, ...more: SQLInputValue[]): void => {
    wheres.push(where);
    values.push(...more);
  };
  for (const filter of filters) {
    if ('at' in filter) add(filter.field === 'before' ? 'at < ?' : 'at >= ?', filter.at);
    else {
      const { value, isBarred } = filter;
      const not = isBarred ? 'not ' : '';
      if (filter.field === 'lang') add(`${not}language = ?`, value);
      else if (filter.field === 'type') add(`${not}instr(type, ?) > 0`, value);
      else if (filter.field === 'path') add(`${not}instr(lower(substr(url, instr(url, '://') + 3)), ?) > 0`, value);
      // The host itself, or a host below it.
      else add(`${not}('.' || ${HOST} = '.' || ? or ${HOST} like '%.' || ?)`, value, value);
    }
  }
  return { where: wheres.join(' and '), values };
}

/** The host of the URL with its port. */
const HOST = `substr(url, instr(url, '://') + 3, instr(substr(url, instr(url, '://') + 3), '/') - 1)`;

/** Results that say nearly the same, the best first. */
function folded(hits: readonly Hit[]): Hit[][] {
  const folds: Hit[][] = [];
  for (const hit of hits) {
    const alike = folds.find(([first]) => unlikeness(first!.likeness, hit.likeness) <= ALIKE_BITS);
    if (alike === undefined) folds.push([hit]);
    else alike.push(hit);
  }
  return folds;
}
