// An answer with what people need to choose: an excerpt of each page, made from the archive.

import type { Contents } from '../base/contents.ts';
import type { Ledger } from '../base/contracts.ts';
import { ArchiveAway } from '../base/machine.ts';
import { kindOfText, typeOfText } from '../views/textual.ts';
import { soundRow } from '../views/unwritten.ts';
import { type Excerpt, excerptOf, markerOf } from './excerpt.ts';
import { openReader } from './open-index.ts';
import { pageText } from './page-words.ts';
import { type Filter, type Question, questionOf } from './question.ts';
import { languagesOf, pagesFor, type SearchAnswer, type SearchResult, search } from './search.ts';

export interface ShownResult extends SearchResult {
  /** Null if the archive does not have the page any more, or is not at its place. */
  readonly excerpt: Excerpt | null;
}

export interface ShownAnswer extends SearchAnswer {
  readonly results: readonly ShownResult[];
}

export interface JobToSearch {
  readonly folder: string;
  readonly ledger: Ledger;
  readonly contents: Contents;
}

/**
 * `from` and `most` are counts of results; `facets` narrow the question. Throws QuestionError, and JobError if there is
 * no index.
 */
export async function answerFrom(
  job: JobToSearch,
  typed: string,
  from: number,
  most: number,
  facets: readonly Filter[] = [],
): Promise<ShownAnswer> {
  const question = narrowed(questionOf(typed), facets);
  await using index = await openReader(job.folder, job.ledger);
  const answer = await search(index, question, from, most);
  const marksIn = markerOf(question.parts, await languagesOf(index));
  const results: ShownResult[] = [];
  let isAway = false;
  for (const found of answer.results) {
    const text = isAway
      ? null
      : await textOf(job, found.url).catch((error) => {
          if (!(error instanceof ArchiveAway)) throw error;
          // The index needs no archive. Its place is not asked once for each page.
          isAway = true;
          return null;
        });
    results.push({ ...found, excerpt: text === null ? null : excerptOf(text, marksIn) });
  }
  return { ...answer, results };
}

/** How many pages of an answer have each value, the most frequent first. */
export interface Facets {
  readonly host: readonly Facet[];
  /** The first folder of the address; `/` for pages outside of all folders. */
  readonly folder: readonly Facet[];
  readonly type: readonly Facet[];
  readonly language: readonly Facet[];
  readonly year: readonly Facet[];
}

export interface Facet {
  readonly value: string;
  readonly pages: number;
}

const VALUES_MAX = 50;

/** The facets of the pages that answer a question, of the first ten thousand. Throws as `answerFrom` does. */
export async function facetsFrom(
  { folder, ledger }: Omit<JobToSearch, 'contents'>,
  typed: string,
  facets: readonly Filter[] = [],
): Promise<Facets> {
  const question = narrowed(questionOf(typed), facets);
  await using index = await openReader(folder, ledger);
  const pages = (await pagesFor(index, question)).map((page) => ({ ...page, parsed: new URL(page.url) }));
  return {
    host: counted(pages.map(({ parsed }) => parsed.host)),
    folder: counted(pages.map(({ parsed }) => /^\/[^/]+\//.exec(parsed.pathname)?.[0] ?? '/')),
    type: counted(pages.map(({ type }) => type)),
    language: counted(pages.map(({ language }) => language)),
    year: counted(pages.map(({ at }) => String(new Date(at).getUTCFullYear()))),
  };
}

function narrowed(question: Question, facets: readonly Filter[]): Question {
  return { ...question, filters: [...question.filters, ...facets] };
}

function counted(values: readonly string[]): Facet[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const facets = [...counts].map(([value, pages]) => ({ value, pages }));
  facets.sort((one, other) => other.pages - one.pages || (one.value < other.value ? -1 : 1));
  return facets.slice(0, VALUES_MAX);
}

async function textOf({ ledger, contents }: JobToSearch, url: string): Promise<string | null> {
  const row = await soundRow(ledger.rows, url);
  const content = row === null ? null : await contents.of(row);
  if (row === null || content === null || 'damage' in content) return null;
  const kind = kindOfText(row, content.body);
  return kind === null ? null : pageText(content.body, typeOfText(row, kind));
}
