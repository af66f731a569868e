// read: the content of a page as Markdown, from the archive.

import type { Row } from '../../base/contracts.ts';
import { object, optional, orNull, text, told, whole } from '../../serve/api/schema.ts';
import { pageMarkdown } from '../../views/markdown/page.ts';
import { isoTime } from '../../views/tables/record.ts';
import { kindOfText, typeOfText } from '../../views/textual.ts';
import { from, job, next, notice, title, url, within } from './fields.ts';
import { endOf, seenRow } from './found-page.ts';
import type { McpJobs, OpenJob } from './jobs.ts';
import { betweenMarks, NOTICE, seen, seenLine } from './page-text.ts';
import { defineTool, type Tool, ToolError } from './tool.ts';

const USUAL_LENGTH = 20_000;

const output = object({
  notice,
  job: text,
  url: text,
  redirectedFrom: told('The URL that was asked for, if it redirects to this one.', orNull(text)),
  status: orNull(whole),
  fetchedAt: orNull(text),
  from: told('The place of the first character.', whole),
  length: told('The characters of the whole text.', whole),
  next,
  pageSays: object({ title, markdown: text }),
});

export function readTool(jobs: McpJobs): Tool {
  return defineTool({
    name: 'read',
    title: 'Read a page',
    description:
      'Gives the content of an archived page as Markdown, without its navigation and scripts. Nothing is requested from the web. A long page comes in parts.',
    isReading: true,
    input: object({
      url,
      job,
      from: from('The character to begin at.'),
      most: optional(
        told(
          'The most characters to return.',
          within({ minimum: 100, maximum: 100_000, default: USUAL_LENGTH }, whole),
        ),
      ),
    }),
    output,
    run: ({ url: asked, job: name, from: begin = 0, most = USUAL_LENGTH }) =>
      jobs.reading(name, async (opened) => {
        const first = await seenRow(opened, asked);
        const row = await endOf(opened, first);
        const all = await markdownOf(opened, row);
        const part = all.slice(begin, begin + most).toWellFormed();
        const { url: address, status, fetchedAt } = row;
        return {
          ...({ notice: NOTICE, job: opened.folder, url: address, status, from: begin } as const),
          redirectedFrom: row.id === first.id ? null : first.url,
          fetchedAt: isoTime(fetchedAt),
          length: all.length,
          next: begin + most < all.length ? begin + most : null,
          pageSays: { title: seenLine(row.title), markdown: part },
        };
      }),
    textOf({ url: address, fetchedAt, from: begin, length, next: end, pageSays }) {
      const rest = end === null ? '' : ` Go on with "from": ${end}.`;
      const head = `${address}, fetched ${fetchedAt ?? 'at an unknown time'}: characters ${begin} to ${begin + pageSays.markdown.length} of ${length}.${rest}`;
      return betweenMarks(pageSays.markdown, head);
    },
  });
}

async function markdownOf({ contents }: OpenJob, row: Row): Promise<string> {
  if (row.state !== 'done') throw new ToolError('not-fetched', whyNot(row));
  const content = await contents.of(row);
  if (content === null) throw new ToolError('not-archived', `The archive has no record of ${row.url}.`);
  if ('damage' in content)
    throw new ToolError('damaged', `The record of ${row.url} cannot be read: ${content.damage}.`);
  const kind = kindOfText(row, content.body);
  if (kind === null)
    throw new ToolError(
      'not-a-page',
      `${row.url} is not a page, but ${seenLine(row.contentType || 'without a type')}.`,
    );
  const page = { url: content.url || row.url, contentType: typeOfText(row, kind), body: content.body };
  return seen(pageMarkdown({ ...page, frontMatter: '' }).trimStart());
}

function whyNot({ url: address, state, reason, error }: Row): string {
  if (state === 'skipped') return `${address} was not requested: ${reason ?? 'unknown'}.`;
  if (state === 'failed') return `${address} could not be fetched: ${error ?? 'unknown'}.`;
  return `${address} is still queued.`;
}
