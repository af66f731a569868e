// What an index can do, in whichever database it is: that of the job's folder, or PostgreSQL. Both know where each term
// stands and give the same answers.

import type { Likeness } from '../base/fingerprint.ts';
import type { Match } from './match.ts';
import type { IndexedPage } from './page-terms.ts';
import type { Filter } from './question.ts';

/** Tells one record of a row from another. */
export type RecordMark = number;

export interface IndexFiller extends AsyncDisposable {
  /** There was an index of another version, which was thrown away. */
  readonly isRenewed: boolean;
  /** What the index has of the rows behind `after` up to `to`, in the order of their ids. */
  marks(after: number, to: number): Promise<ReadonlyMap<number, RecordMark>>;
  /** Whether the page is new: another process may fill the index too. */
  add(page: IndexedPage, mark: RecordMark): Promise<boolean>;
  remove(id: number): Promise<void>;
  /** Writes what was added and removed. Until then it may be lost. */
  commit(): Promise<void>;
  /** Commits, tells the index which texts lead to its pages, and makes it compact. */
  end(): Promise<void>;
  /** How many pages it has. */
  pages(): Promise<number>;
}

/** So many of the first pages tell whether a word is common: to count a common word takes a look at all its pages. */
export const SAMPLED_MAX = 5_000;

/** Where a question is looked for: in all columns of the pages, in their titles, or in the texts of links to them. */
export type SearchedPart = 'all' | 'title' | 'anchors';

/** A page and what its rank depends on. */
export interface Ranked {
  readonly id: number;
  readonly url: string;
  /** bm25; the best is the lowest. */
  readonly score: number;
  /** How many different texts lead to it. */
  readonly named: number;
  readonly titleLength: number;
  readonly likeness: Likeness;
}

export interface PageFacts {
  readonly id: number;
  readonly url: string;
  readonly title: string | null;
  readonly type: string;
  readonly language: string;
  /** When it was fetched, in wall milliseconds. */
  readonly at: number;
}

export interface AlikeGroups {
  readonly count: number;
  readonly groups: readonly { readonly pages: number; readonly urls: readonly string[] }[];
}

export interface IndexReader extends AsyncDisposable {
  /** The shards that may have pages, in their order. */
  shards(): Promise<readonly number[]>;
  /** How many pages there are. */
  pages(): Promise<number>;
  /** The languages of the pages, the most frequent first. */
  languages(most: number): Promise<readonly string[]>;
  /** How many of the first `among` pages have each of the terms. */
  pagesWith(terms: readonly string[], among?: number): Promise<ReadonlyMap<string, number>>;
  isInTitle(match: Match, shard: number): Promise<boolean>;
  /**
   * The first pages of a shard that match, in the order of their ids. Their scores compare them with the other pages of
   * the shard; those with a match in the title have none.
   */
  candidates(
    match: Match,
    scope: SearchedPart,
    filters: readonly Filter[],
    most: number,
    shard: number,
  ): Promise<readonly Ranked[]>;
  /** All pages, in the order of their URLs, where a question has filters only. */
  listed(filters: readonly Filter[], most: number): Promise<readonly Ranked[]>;
  /**
   * The first pages of a shard that match in all columns or by the texts of links, in the order of their ids; null
   * means all.
   */
  matched(match: Match | null, filters: readonly Filter[], most: number, shard: number): Promise<readonly number[]>;
  /** How many `matched` would find. */
  count(match: Match | null, filters: readonly Filter[], most: number, shard: number): Promise<number>;
  /** Pages whose words have the same fingerprint, the largest groups first, with the first URLs of each. */
  alike(most: number, examples: number): Promise<AlikeGroups>;
  /** In the order of `ids`. */
  facts(ids: readonly number[]): Promise<readonly PageFacts[]>;
}
