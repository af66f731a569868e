// Answers about URLs: the table, groups, the story of one, its links, its text.

import { systemClock } from '../../base/clock.ts';
import type { Row } from '../../base/contracts.ts';
import { LINK_LISTS_AN_ANSWER_MAX, ROWS_AN_ANSWER_MAX, TEXT_LENGTH_MAX } from '../../base/limits-of-serving.ts';
import { readRobots } from '../../job/assemble.ts';
import { pageMarkdown } from '../../views/markdown/page.ts';
import { type UrlStory, urlStory } from '../../views/report/url-story.ts';
import { becauseOf } from '../../views/report/words.ts';
import { textCell } from '../../views/tables/csv.ts';
import { kindOfText, typeOfText } from '../../views/textual.ts';
import type { GroupsAnswer, LinkLine, LinksAnswer, StoryAnswer, TableAnswer, TextAnswer } from '../api/urls.ts';
import { ApiError } from '../failures.ts';
import { helpOf } from '../help.ts';
import { limitIn, type QueryFields, wholeIn, wordIn } from '../parameters.ts';
import { columnsOf, type PageQuestion } from '../table/ask.ts';
import { type GroupedBy, groupsOf } from '../table/groups.ts';
import { viewUrlOf } from '../view/view-url.ts';
import type { AskedJob } from './job-answers.ts';

const GROUPED = ['state', 'status', 'error', 'reason', 'contentType', 'depth', 'host'] as const;
const USUAL_COLUMNS = ['state', 'status', 'contentType', 'bytes', 'elapsedMs', 'depth'] as const;
const ORDERS = ['asc', 'desc'] as const;

export function questionIn(query: QueryFields): PageQuestion {
  const typed = query['columns'] ?? '';
  const sort = query['sort'] ?? '';
  return {
    q: query['q'] ?? '',
    sort: sort === '' ? null : columnsOf(sort)[0]!,
    order: wordIn(query, 'order', ORDERS, 'asc'),
    columns: typed === '' ? USUAL_COLUMNS : columnsOf(typed).filter((column) => column !== 'url'),
    limit: limitIn(query, 100),
    offset: wholeIn(query, 'offset', 0, 0, Number.MAX_SAFE_INTEGER),
    after: query['after'] ?? '',
  };
}

export async function tableAnswerOf(job: AskedJob, query: QueryFields): Promise<TableAnswer> {
  await job.ready();
  const question = questionIn(query);
  const begunAt = systemClock.now();
  const found = job.asker.both(question);
  return { ...found, tookMs: tookSince(begunAt), upTo: job.table.upTo };
}

/** A part of the CSV file, and where the next part begins. */
export async function csvPart(
  job: AskedJob,
  query: QueryFields,
): Promise<{ readonly text: string; readonly next: string | null }> {
  await job.ready();
  const question = { ...questionIn(query), limit: ROWS_AN_ANSWER_MAX };
  const columns = (query['columns'] ?? '') === '' ? (['url', ...USUAL_COLUMNS] as const) : columnsOf(query['columns']!);
  const { rows, next } = job.asker.page(question);
  const lines = rows.map((row) => columns.map((column) => row[column] ?? null));
  const head = question.after === '' ? [columns] : [];
  return { text: [...head, ...lines].map((cells) => `${cells.map(cellOf).join(',')}\r\n`).join(''), next };
}

function cellOf(value: string | number | null): string {
  return typeof value === 'string' ? textCell(value) : String(value ?? '');
}

export async function groupsAnswerOf(job: AskedJob, query: QueryFields): Promise<GroupsAnswer> {
  await job.ready();
  const by: GroupedBy = wordIn(query, 'by', GROUPED, 'state');
  const begunAt = systemClock.now();
  const groups = groupsOf(job.table, by, query['q'] ?? '', limitIn(query, 100));
  const told = groups.map((group) => ({ ...group, help: helpOf(by, group.value) }));
  return { by, groups: told, tookMs: tookSince(begunAt), upTo: job.table.upTo };
}

export async function storyAnswerOf(job: AskedJob, query: QueryFields): Promise<StoryAnswer> {
  await job.ready();
  const row = await job.rowIn(query);
  const story = (await urlStory(job.ledger, job.contents, row.url, (body, agent, url) => {
    const { allowed, line, text } = readRobots(body, agent).decide(url);
    return { allowed, line, text };
  }))!;
  return { ...storyDocument(row, story), headers: await headersOf(job, row), viewUrl: viewUrlOf(job.viewBase, row) };
}

function storyDocument(row: Row, story: UrlStory): Omit<StoryAnswer, 'headers' | 'viewUrl'> {
  const { url, key, state, reason, error, detail, status, truncated, depth, hops, tries, contentType, charset } = story;
  const { bytes, sha256, title, text, fetchedAt, elapsedMs, remoteAddress, protocol, foundOn, redirects, sitemap } =
    story;
  return {
    ...{ id: row.id, url, key, state, reason, error, detail, status, truncated, depth, hops, tries },
    ...{
      contentType,
      charset,
      bytes,
      sha256,
      title,
      fetchedAt,
      elapsedMs,
      remoteAddress,
      protocol,
      foundOn,
      redirects,
    },
    because: reason === null ? null : becauseOf(story),
    help: error === null ? helpOf('status', status === null ? null : String(status)) : helpOf('error', error),
    description: text?.description ?? null,
    language: text?.language ?? null,
    links: row.links,
    sitemap: sitemap === null ? null : { ...sitemap },
    dueAt: story.dueAt,
    removedAt: story.removedAt,
    attempts: story.attempts.map(({ takenBack, ...attempt }) => ({
      ...attempt,
      takenBackAt: takenBack?.againAt ?? null,
    })),
    host: story.host,
    archive: story.archive,
    unreadable: story.unreadable,
  };
}

async function headersOf({ contents }: AskedJob, row: Row): Promise<string[][] | null> {
  const content = await contents.of(row).catch(() => null);
  if (content === null || 'damage' in content) return null;
  const fields: string[][] = [];
  for (let at = 0; at + 1 < content.headers.length; at += 2)
    fields.push([content.headers[at]!, content.headers[at + 1]!]);
  return fields;
}

export async function linksAnswerOf(job: AskedJob, query: QueryFields): Promise<LinksAnswer> {
  await job.ready();
  const row = await job.rowIn(query);
  const begunAt = systemClock.now();
  const from = wholeIn(query, 'after', 0, 0, Number.MAX_SAFE_INTEGER);
  const most = limitIn(query, 100);
  const isIn = wordIn(query, 'direction', ['out', 'in'] as const, 'out') === 'in';
  const { urls, total, next } = isIn
    ? await linksInto(job, row, from, most)
    : partOf((await job.ledger.links.of([row.id]))[0]!, from, most);
  return { total, links: linesOf(job, urls), next, tookMs: tookSince(begunAt) };
}

interface LinksPart extends Pick<LinksAnswer, 'total' | 'next'> {
  readonly urls: readonly string[];
}

function partOf(urls: readonly string[], from: number, most: number): LinksPart {
  const next = from + most < urls.length ? String(from + most) : null;
  return { urls: urls.slice(from, from + most), total: urls.length, next };
}

/**
 * Pages that link to the row, behind the page with the id `after`. The store knows links by the page that has them, so
 * they are looked for among all pages, a bounded number for each answer.
 */
async function linksInto({ ledger }: AskedJob, { id }: Row, after: number, most: number): Promise<LinksPart> {
  const found: number[] = [];
  let [looked, total, last] = [0, 0, after];
  for await (const lists of ledger.links.lists(after)) {
    for (const [page, links] of lists) {
      const isLinking = links.includes(id);
      if (isLinking) total += 1;
      if (isLinking && total <= most) found.push(page);
      // Where the next part begins: behind the last page that was told, or looked at.
      if (total <= most) last = page;
    }
    looked += lists.length;
    if (looked < LINK_LISTS_AN_ANSWER_MAX) continue;
    return { urls: await ledger.links.urls(found), total: null, next: String(last) };
  }
  const next = total > most ? String(last) : null;
  return { urls: await ledger.links.urls(found), total: after === 0 ? total : null, next };
}

/** The lines of URLs that the table has. */
function linesOf({ table }: AskedJob, urls: readonly string[]): LinkLine[] {
  const line = table.file.db.prepare(
    `SELECT f.id, f.state, f.status, (SELECT word FROM words WHERE id = f.error) AS error
       FROM texts t JOIN facts f ON f.id = t.id WHERE t.url = ?`,
  );
  const words = ['queued', 'leased', 'done', 'failed', 'skipped'] as const;
  return urls.flatMap((url) => {
    const cells = line.get(url) as
      | { id: number; state: number; status: number | null; error: string | null }
      | undefined;
    return cells === undefined ? [] : [{ ...cells, url, state: words[cells.state]! }];
  });
}

export async function textAnswerOf(job: AskedJob, query: QueryFields): Promise<TextAnswer> {
  await job.ready();
  const row = await job.rowIn(query);
  const content = await job.contents.of(row);
  if (content === null) throw new ApiError(404, 'not-archived', 'The archive has no record of this URL.');
  if ('damage' in content) throw new ApiError(404, 'not-archived', `Its record cannot be read: ${content.damage}.`);
  const kind = kindOfText(row, content.body);
  if (kind === null) throw new ApiError(404, 'no-text', `It is no page with text: ${row.contentType || 'no type'}.`);
  const url = content.url || row.url;
  const markdown = pageMarkdown({
    url,
    contentType: typeOfText(row, kind),
    body: content.body,
    frontMatter: '',
  }).trim();
  return {
    title: row.title,
    language: row.text?.language ?? null,
    markdown: markdown.slice(0, TEXT_LENGTH_MAX),
    isCut: markdown.length > TEXT_LENGTH_MAX,
  };
}

export function tookSince(begunAt: number): number {
  return Math.round((systemClock.now() - begunAt) * 10) / 10;
}
