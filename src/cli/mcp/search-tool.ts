// search: pages by their words.

import { JobError } from '../../base/errors.ts';
import { answerFrom, type ShownResult } from '../../search/answer.ts';
import { indexState } from '../../search/open-index.ts';
import { QuestionError } from '../../search/question.ts';
import { flag, list, object, orNull, type TypeOf, text, told, whole } from '../../serve/api/schema.ts';
import { isoTime } from '../../views/tables/record.ts';
import { from, job, most, next, notice, title, within } from './fields.ts';
import type { McpJobs } from './jobs.ts';
import { NOTICE, seen, seenLine } from './page-text.ts';
import { makeSearchable } from './searchable.ts';
import { defineTool, type Tool, ToolError } from './tool.ts';

const PLACE_MAX = 10_000;
const USUAL = 10;

const result = object({
  url: text,
  fetchedAt: orNull(text),
  pageSays: object({ title, excerpt: orNull(text), language: orNull(text) }),
  alike: told('URLs of pages that say nearly the same.', list(text)),
});

export function searchTool(jobs: McpJobs): Tool {
  return defineTool({
    name: 'search',
    title: 'Search in a crawl',
    description:
      'Finds pages of a job by their words, the best first. A question may have "phrases", beginnings*, -not, and site:, path:, type:, lang:, before: and after:. read gives the text of a page.',
    isReading: true,
    input: object({
      words: told('What to look for.', within({ minLength: 1, maxLength: 1_000 }, text)),
      job,
      from: from('How many results to skip.', PLACE_MAX),
      most: most(USUAL, 50),
    }),
    output: object({
      notice,
      job: text,
      count: whole,
      countIsAtLeast: told('There are more than count.', flag),
      suggestion: told('The question with a misspelt word mended.', orNull(text)),
      results: list(result),
      next,
    }),
    run: ({ words, job: name, from: first = 0, most: wanted = USUAL }) =>
      jobs.reading(name, async (opened) => {
        if ((await indexState(opened.folder, opened.ledger)) === 'older') await makeSearchable(opened);
        const { count, isCountCut, suggestion, results } = await asked(
          () => answerFrom(opened, words, first, wanted),
          words,
        );
        const end = first + wanted;
        const rest = results.length === wanted && end <= PLACE_MAX ? end : null;
        return {
          ...({
            notice: NOTICE,
            job: opened.folder,
            count,
            countIsAtLeast: isCountCut,
            suggestion,
            next: rest,
          } as const),
          results: results.map(resultOf),
        };
      }),
  });
}

function resultOf({ url, at, title, language, excerpt, alike }: ShownResult): TypeOf<typeof result> {
  const pageSays = {
    title: seenLine(title),
    excerpt: excerpt === null ? null : seen(excerpt.pieces.join('')),
    language: seenLine(language) || null,
  };
  return { url, fetchedAt: isoTime(at), pageSays, alike: [...alike] };
}

async function asked<T>(question: () => Promise<T>, words: string): Promise<T> {
  try {
    return await question();
  } catch (error) {
    if (error instanceof QuestionError)
      throw new ToolError('bad-question', `${error.message}, at character ${error.at} of ${JSON.stringify(words)}.`);
    if (error instanceof JobError && (error.code === 'missing' || error.code === 'older'))
      throw new ToolError('no-index', error.message);
    throw error;
  }
}
