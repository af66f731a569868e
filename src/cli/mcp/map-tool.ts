// map: the URLs of a job, part by part.

import type { Row, RowReader } from '../../base/contracts.ts';
import { list, object, oneOf, optional, orNull, text, told, whole } from '../../serve/api/schema.ts';
import { job, listedUrl, listedUrlOf, most, notice, within } from './fields.ts';
import type { McpJobs } from './jobs.ts';
import { NOTICE } from './page-text.ts';
import { defineTool, type Tool } from './tool.ts';

/** Rows that one call looks at; then it returns what it has. */
const ROWS_LOOKED_AT_MAX = 100_000;
const USUAL = 100;

export function mapTool(jobs: McpJobs): Tool {
  return defineTool({
    name: 'map',
    title: 'URLs of a crawl',
    description:
      'Lists the URLs of a job in the order in which they were found, with state, status, type and title. It comes in parts: give "next" of one answer as "after" of the next call.',
    isReading: true,
    input: object({
      job,
      after: optional(told('"next" of the answer before.', within({ minimum: 0, default: 0 }, whole))),
      most: most(USUAL, 1_000),
      under: optional(
        told('Only URLs that begin so, for example https://example.com/docs/', within({ maxLength: 10_000 }, text)),
      ),
      contains: optional(told('Only URLs with this text in them.', within({ maxLength: 1_000 }, text))),
      state: optional(oneOf('queued', 'done', 'failed', 'skipped')),
    }),
    output: object({
      notice,
      job: text,
      urls: list(listedUrl),
      next: told('Give it as "after" for the next part; null at the end. A part may be empty.', orNull(whole)),
    }),
    run: ({ job: name, ...part }, { signal }) =>
      jobs.reading(name, async ({ folder, ledger }) => {
        const { rows, next } = await partOf(ledger.rows, part, signal);
        return { notice: NOTICE, job: folder, urls: rows.map(listedUrlOf), next } as const;
      }),
  });
}

interface Wanted {
  readonly after?: number | undefined;
  readonly most?: number | undefined;
  readonly under?: string | undefined;
  readonly contains?: string | undefined;
  readonly state?: Row['state'] | undefined;
}

/** The next rows that match, and the id of the row at which the search ended; null if no row is left. */
async function partOf(
  { all }: RowReader,
  { after = 0, most: wanted = USUAL, under = '', contains = '', state }: Wanted,
  signal: AbortSignal,
): Promise<{ rows: Row[]; next: number | null }> {
  const found: Row[] = [];
  let last = after;
  let looked = 0;
  const pages = all({ afterId: after, ...(state !== undefined && { state }), onUnsound: () => {} });
  for await (const rows of pages) {
    signal.throwIfAborted();
    for (const row of rows) {
      if (found.length === wanted || looked === ROWS_LOOKED_AT_MAX) return { rows: found, next: last };
      looked += 1;
      last = row.id;
      if (row.url.startsWith(under) && row.url.includes(contains)) found.push(row);
    }
  }
  return { rows: found, next: null };
}
