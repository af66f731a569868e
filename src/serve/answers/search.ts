// Answers of a search, with the facets to narrow it.

import { systemClock } from '../../base/clock.ts';
import { JobError } from '../../base/errors.ts';
import { answerFrom, facetsFrom, type ShownResult } from '../../search/answer.ts';
import type { FacetedAnswer } from '../api/findings.ts';
import { ApiError } from '../failures.ts';
import { limitIn, type QueryFields, wholeIn } from '../parameters.ts';
import { viewUrlOf } from '../view/view-url.ts';
import type { AskedJob } from './job-answers.ts';
import { tookSince } from './urls.ts';

export async function searchAnswerOf(job: AskedJob, query: QueryFields): Promise<FacetedAnswer> {
  const begunAt = systemClock.now();
  const typed = narrowed(query);
  const from = wholeIn(query, 'from', 0, 0, 10_000);
  try {
    const answer = await answerFrom(job, typed, from, limitIn(query, 10));
    const facets = await facetsFrom(job, typed);
    return {
      total: answer.count,
      isAtLeast: answer.isCountCut,
      results: answer.results.map((result) => resultOf(result, job.viewBase)),
      facets,
      suggestion: answer.suggestion,
      tookMs: tookSince(begunAt),
    };
  } catch (error) {
    if (error instanceof JobError && error.code === 'missing') throw new ApiError(409, 'no-index', error.message);
    throw error;
  }
}

/** The question with what the facets add to it. */
function narrowed(query: QueryFields): string {
  const year = wholeIn(query, 'year', 0, 1970, 9999);
  const words = [
    query['q'] ?? '',
    query['host'] ? `site:${query['host']}` : '',
    query['folder'] ? `path:${query['folder']}` : '',
    query['type'] ? `type:${query['type']}` : '',
    query['language'] ? `lang:${query['language']}` : '',
    year > 0 ? `after:${year}-01-01 before:${year + 1}-01-01` : '',
  ];
  return words.filter(Boolean).join(' ');
}

function resultOf(
  { url, title, language, at, alike, excerpt }: ShownResult,
  viewBase: string,
): FacetedAnswer['results'][number] {
  const pieces = excerpt?.pieces ?? [];
  return {
    ...{ url, title, language: language || null, fetchedAt: at, alike },
    snippet: pieces.map((text, at) => ({ text, isMatch: at % 2 === 1 })).filter(({ text }) => text !== ''),
    viewUrl: viewUrlOf(viewBase, { url, archive: { file: '', offset: 0, length: 0 } }),
  };
}
