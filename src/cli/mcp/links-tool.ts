// links: where a page leads, and which pages lead to it.

import { list, object, oneOf, optional, orNull, type TypeOf, text, told, whole } from '../../serve/api/schema.ts';
import { from, job, most, next, notice, url, within } from './fields.ts';
import { seenRow } from './found-page.ts';
import type { McpJobs, OpenJob } from './jobs.ts';
import { NOTICE } from './page-text.ts';
import { type Call, defineTool, type Tool } from './tool.ts';

const USUAL = 100;
const DIRECTION = oneOf('out', 'in', 'both');

const side = object({ total: whole, urls: list(text), next });

export function linksTool(jobs: McpJobs): Tool {
  return defineTool({
    name: 'links',
    title: 'Links of a page',
    description: 'Lists the URLs that a page links to, the pages that link to it, or both.',
    isReading: true,
    input: object({
      url,
      job,
      direction: optional(
        told('out: what the page links to; in: the pages that link to it.', within({ default: 'both' }, DIRECTION)),
      ),
      from: from('How many entries to skip.'),
      most: most(USUAL, 1_000),
    }),
    output: object({ notice, job: text, url: text, out: orNull(side), in: orNull(side) }),
    run: ({ url: asked, job: name, direction = 'both', from: first = 0, most: wanted = USUAL }, call) =>
      jobs.reading(name, async (opened) => {
        const row = await seenRow(opened, asked);
        const [out = []] = direction === 'in' ? [] : await opened.ledger.links.of([row.id]);
        const sideOf = (total: number, urls: readonly string[]): TypeOf<typeof side> => {
          return { total, urls: [...urls], next: first + urls.length < total ? first + urls.length : null };
        };
        const inward = direction === 'out' ? null : await pagesWith(row.id, { first, wanted }, opened, call);
        return {
          ...({ notice: NOTICE, job: opened.folder, url: row.url } as const),
          out: direction === 'in' ? null : sideOf(out.length, out.slice(first, first + wanted)),
          in: inward && sideOf(inward.total, inward.urls),
        };
      }),
  });
}

/** The pages that link to a row. The store knows links by the page that has them, so it reads all of them. */
async function pagesWith(
  id: number,
  { first, wanted }: { readonly first: number; readonly wanted: number },
  { ledger }: OpenJob,
  { signal }: Call,
): Promise<{ total: number; urls: readonly string[] }> {
  const found: number[] = [];
  let total = 0;
  for await (const pages of ledger.links.lists()) {
    signal.throwIfAborted();
    for (const [page, targets] of pages) {
      if (!targets.includes(id)) continue;
      if (total >= first && found.length < wanted) found.push(page);
      total += 1;
    }
  }
  return { total, urls: await ledger.links.urls(found) };
}
