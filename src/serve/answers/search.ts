// Answers of a search, with the facets to narrow it.

import { systemClock } from '../../base/clock.ts';
import { JobError } from '../../base/errors.ts';
import { answerFrom, facetsFrom, type ShownResult } from '../../search/answer.ts';
import type { Filter } from '../../search/question.ts';
import type { FacetedAnswer } from '../api/findings.ts';
import { ApiError } from '../failures.ts';
import { limitIn, type QueryFields, wholeIn } from '../parameters.ts';
import { viewUrlOf } from '../view/view-url.ts';
import type { AskedJob } from './job-answers.ts';
import { tookSince } from './urls.ts';

export async function searchAnswerOf(job: AskedJob, query: QueryFields): Promise<FacetedAnswer> {
  const begunAt = systemClock.now();
  const typed = query['q'] ?? '';
  const chosen = facetsIn(query);
  const from = wholeIn(query, 'from', 0, 0, 10_000);
  try {
    const answer = await answerFrom(job, typed, from, limitIn(query, 10), chosen);
    const facets = await facetsFrom(job, typed, chosen);
    return {
      total: answer.count,
      isAtLeast: answer.isCountCut,
      results: answer.results.map((result) => resultOf(result, job.viewBase)),
      facets,
      suggestion: answer.suggestion,
      tookMs: tookSince(begunAt),
    };
  } catch (error) {
    if (error instanceof JobError && (error.code === 'missing' || error.code === 'older'))
      throw new ApiError(409, 'no-index', error.message);
    throw error;
  }
}

/** What is chosen among the facets of an answer. `-` is the language of pages that name none. */
function facetsIn(query: QueryFields): Filter[] {
  const facets = FACETS.flatMap((of): Filter[] => {
    const value = query[of];
    if (value === undefined || value === '') return [];
    return [{ field: 'facet', of, value: value === '-' ? '' : value.replaceAll('\0', '') }];
  });
  const year = wholeIn(query, 'year', 0, 1970, 9999);
  if (year === 0) return facets;
  return [...facets, { field: 'after', at: Date.UTC(year, 0) }, { field: 'before', at: Date.UTC(year + 1, 0) }];
}

const FACETS = ['host', 'folder', 'type', 'language'] as const;

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
