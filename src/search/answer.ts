// An answer with what people need to choose: an excerpt of each page, made from the archive.

import type { Contents } from '../base/contents.ts';
import type { Ledger } from '../base/contracts.ts';
import { kindOfText, typeOfText } from '../views/textual.ts';
import { soundRow } from '../views/unwritten.ts';
import { type Excerpt, excerptOf, markerOf } from './excerpt.ts';
import { readIndex } from './index-file.ts';
import { pageWords } from './page-words.ts';
import { questionOf } from './question.ts';
import { languagesOf, type SearchAnswer, type SearchResult, search } from './search.ts';

export interface ShownResult extends SearchResult {
  /** Null if the archive does not have the page any more. */
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

/** `from` and `most` are counts of results. Throws QuestionError, and JobError if there is no index. */
export async function answerFrom(job: JobToSearch, typed: string, from: number, most: number): Promise<ShownAnswer> {
  const question = questionOf(typed);
  const database = readIndex(job.folder);
  try {
    const answer = search(database, question, from, most);
    const marksIn = markerOf(question.parts, languagesOf(database));
    const results: ShownResult[] = [];
    for (const found of answer.results) {
      const text = await textOf(job, found.url);
      results.push({ ...found, excerpt: text === null ? null : excerptOf(text, marksIn) });
    }
    return { ...answer, results };
  } finally {
    database.close();
  }
}

async function textOf({ ledger, contents }: JobToSearch, url: string): Promise<string | null> {
  const row = await soundRow(ledger.rows, url);
  const content = row === null ? null : await contents.of(row);
  if (row === null || content === null || 'damage' in content) return null;
  const kind = kindOfText(row, content.body);
  return kind === null ? null : pageWords(content.body, typeOfText(row, kind), content.url || row.url).whole();
}
