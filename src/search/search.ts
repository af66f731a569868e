// Answers a question from the index: which pages, in which order. Pages with all words come first, then pages with all
// but the most common ones, then pages with some of them. Pages that say nearly the same are one result.

import { unlikeness } from '../base/fingerprint.ts';
import { type IndexReader, type PageFacts, type Ranked, SAMPLED_MAX, type SearchedPart } from './index-store.ts';
import { type Match, type Variants, variantsOf } from './match.ts';
import type { Filter, Question, QuestionPart } from './question.ts';
import { suggestionFor } from './suggest.ts';

export interface SearchResult extends PageFacts {
  /** The higher the better, for comparisons within one answer. */
  readonly score: number;
  /** URLs of pages that say nearly the same. */
  readonly alike: readonly string[];
}

export interface SearchAnswer {
  /** How many pages there are, those that are folded into others too. */
  readonly count: number;
  /** There are more: the count stops where it has enough. */
  readonly isCountCut: boolean;
  readonly results: readonly SearchResult[];
  /** The question with a misspelt word mended; null if every word is in the index or nothing is near it. */
  readonly suggestion: string | null;
}

/** Of these many results the best are chosen and folded. */
const RANKED_MAX = 400;
/**
 * So many pages are compared: the first that were found of those with the words anywhere, and the same of those with
 * the words in their titles, and in the texts of links to them. A crawl finds first what is linked most.
 */
const CANDIDATES_MAX = 600;
export const COUNTED_MAX = 10_000;
/** If so many are counted, the shards behind are left out. */
const COUNTED_ENOUGH = 1_000;
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

interface Hit extends Ranked {
  /** With all that counts; the best is the lowest. */
  rank: number;
}

/** `from` and `most` are counts of results. */
export async function search(
  index: IndexReader,
  question: Question,
  from: number,
  most: number,
): Promise<SearchAnswer> {
  const languages = await languagesOf(index);
  const { tiers, inTitle } = await matchesOf(index, question.parts, languages);
  const length = question.parts.map(({ text }) => text).join(' ').length;
  const hits = new Map<number, Hit>();
  let count: Count = { pages: 0, isCut: false };
  for (const [tier, match] of tiers.entries()) {
    if (tier > 0 && hits.size > 0 && hits.size >= from + most) break;
    for (const hit of await hitsOf(index, { match, inTitle, length }, question)) {
      if (!hits.has(hit.id)) hits.set(hit.id, hit);
    }
    if (count.pages === 0) count = await countOf(index, match, question.filters);
  }
  const folds = folded([...hits.values()]).slice(from, from + most);
  const facts = new Map((await index.facts(folds.flat().map(({ id }) => id))).map((each) => [each.id, each]));
  const results = folds.map(([first, ...others]) => {
    const alike = others.map(({ id }) => facts.get(id)!.url);
    return { ...facts.get(first!.id)!, score: Math.round(-first!.rank * 1_000) / 1_000, alike };
  });
  const suggestion = await suggestionFor(index, question, languages);
  return { count: Math.max(count.pages, hits.size), isCountCut: count.isCut, results, suggestion };
}

/** The languages of the pages, the most frequent first. */
export function languagesOf(index: IndexReader): Promise<readonly string[]> {
  return index.languages(LANGUAGES_MAX);
}

/** The pages that the first results are taken from, at most `COUNTED_MAX`. */
export async function pagesFor(index: IndexReader, question: Question): Promise<readonly PageFacts[]> {
  const { tiers } = await matchesOf(index, question.parts, await languagesOf(index));
  for (const match of tiers) {
    const ids = await firstOf(index, COUNTED_MAX, (most, shard) => index.matched(match, question.filters, most, shard));
    if (ids.length > 0) return index.facts(ids);
  }
  return [];
}

/** The first results of all shards, at most `most`. */
async function firstOf<T>(
  index: Pick<IndexReader, 'shards'>,
  most: number,
  inShard: (most: number, shard: number) => Promise<readonly T[]>,
): Promise<T[]> {
  const found: T[] = [];
  for (const shard of await index.shards()) {
    if (found.length < most) found.push(...(await inShard(most - found.length, shard)));
  }
  return found;
}

interface Count {
  readonly pages: number;
  readonly isCut: boolean;
}

async function countOf(index: IndexReader, match: Match | null, filters: readonly Filter[]): Promise<Count> {
  let pages = 0;
  for (const shard of await index.shards()) {
    if (pages >= COUNTED_ENOUGH) return { pages, isCut: true };
    pages += await index.count(match, filters, COUNTED_MAX - pages, shard);
  }
  return { pages, isCut: pages >= COUNTED_MAX };
}

async function isInTitle(index: IndexReader, match: Match): Promise<boolean> {
  for (const shard of await index.shards()) if (await index.isInTitle(match, shard)) return true;
  return false;
}

interface Matches {
  /** From the strictest to the widest; null asks for all pages. */
  readonly tiers: readonly (Match | null)[];
  /** Asks for the words in the title: for all of them if any page has them there. */
  readonly inTitle: Match;
}

/**
 * If some of the words tell something and others are on most pages, the others need not be there. They do not count for
 * the rank either: it would take a look at most pages for next to nothing.
 */
async function matchesOf(
  index: IndexReader,
  parts: readonly QuestionPart[],
  languages: readonly string[],
): Promise<Matches> {
  const variants = parts.map((part) => ({ part, of: variantsOf(part, languages) })).filter(({ of }) => of.length > 0);
  const not = variants.filter(({ part }) => part.isBarred).map(({ of }) => of);
  const wanted = variants.filter(({ part }) => !part.isBarred);
  const all = wanted.map(({ of }) => of);
  if (all.length === 0) return { tiers: [null], inTitle: { all, any: [], not } };
  const isCommon = await commonAmong(index, all);
  const telling = wanted.filter(({ part, of }) => part.kind !== 'word' || !isCommon(of)).map(({ of }) => of);
  const needed = telling.length === 0 ? all : telling;
  const tiers: Match[] = [{ all: needed, any: [], not }];
  if (needed.length > 1) tiers.push({ all: [], any: needed, not });
  const whole = { all, any: [], not };
  return { tiers, inTitle: (await isInTitle(index, whole)) ? whole : { all: needed, any: [], not } };
}

/** A phrase has at most as many pages as its rarest term. */
async function commonAmong(index: IndexReader, all: readonly Variants[]): Promise<(variants: Variants) => boolean> {
  const terms = all.flat(2).map(({ term }) => term);
  const [pages, pagesWith] = await Promise.all([index.pages(), index.pagesWith([...new Set(terms)], SAMPLED_MAX)]);
  return (variants) => {
    const counts = variants.map((phrase) => Math.min(...phrase.map(({ term }) => pagesWith.get(term) ?? 0)));
    return Math.max(0, ...counts) > Math.min(pages, SAMPLED_MAX) * COMMON_SHARE;
  };
}

interface Ranking {
  /** Null asks for all pages. */
  readonly match: Match | null;
  readonly inTitle: Match;
  /** The length of what was asked for. */
  readonly length: number;
}

async function hitsOf(index: IndexReader, { match, inTitle, length }: Ranking, { filters }: Question): Promise<Hit[]> {
  if (match === null) return (await index.listed(filters, RANKED_MAX)).map((each) => ({ ...each, rank: 0 }));
  const first = (asked: Match, part: SearchedPart): Promise<Ranked[]> =>
    firstOf(index, CANDIDATES_MAX, (most, shard) => index.candidates(asked, part, filters, most, shard));
  const [anywhere, titled, anchored] = await Promise.all([
    first(match, 'all'),
    first(inTitle, 'title'),
    first(match, 'anchors'),
  ]);
  const hits = new Map<number, Hit>();
  const add = (candidate: Ranked, more: number): void => {
    const hit = hits.get(candidate.id);
    if (hit !== undefined) hit.rank += more;
    else hits.set(candidate.id, { ...candidate, rank: more - NAMED_SCORE * Math.log(1 + candidate.named) });
  };
  for (const each of anywhere) add(each, each.score);
  // What a title gives to a page that is not among the first: as much as to those that are.
  const known = titled.map(({ id }) => hits.get(id)).filter((hit) => hit !== undefined);
  const usual = known.length === 0 ? 0 : known.reduce((sum, { score }) => sum + score, 0) / known.length;
  for (const each of titled) {
    const share = each.titleLength === 0 ? 0 : Math.min(1, length / each.titleLength);
    add(each, (hits.has(each.id) ? 0 : usual) - TITLE_SCORE * share);
  }
  for (const each of anchored) add(each, each.score * ANCHORS_WEIGHT);
  // Two databases compute with other last digits, and words that are on half of the pages count a millionth.
  for (const hit of hits.values()) hit.rank = Math.round(hit.rank * 1e4) / 1e4;
  return [...hits.values()]
    .sort((one, other) => one.rank - other.rank || (one.url < other.url ? -1 : 1))
    .slice(0, RANKED_MAX);
}

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
