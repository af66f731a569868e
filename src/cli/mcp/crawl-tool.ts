// crawl: a crawl with bounds, in this process. What a model asks for is not what the user typed: so private addresses
// are open only if the user said so when the server was started, and no secret of the user goes to any site.

import { JobError } from '../../base/errors.ts';
import { allOf } from '../../base/paged.ts';
import { type Run, startCrawl } from '../../job/assemble.ts';
import type { CrawlOptions } from '../../options/options.ts';
import { amount, list, object, oneOf, optional, type TypeOf, text, told, whole } from '../../serve/api/schema.ts';
import type { Shell } from '../shell.ts';
import { type CrawlBounds, crawlOptions, type Wish } from './crawl-options.ts';
import { job, jobFields, jobStateOf, listedUrl, listedUrlOf, notice, within } from './fields.ts';
import type { McpJobs, OpenJob } from './jobs.ts';
import { NOTICE, seenLine } from './page-text.ts';
import { assertPublic, WARY } from './public-roots.ts';
import { isSearchable, makeSearchable } from './searchable.ts';
import { type Call, defineTool, type Tool, ToolError } from './tool.ts';

const PROGRESS_MS = 1_000;
const URLS_SHOWN_MAX = 20;
const NAME = /^\w[\w.-]{0,80}$/;
const USUAL_LIMIT = 100;
/** Many clients wait a minute for an answer. */
const USUAL_SECONDS = 40;

const output = object({
  notice,
  ...jobFields,
  forbidden: told('Roots that robots.txt forbids.', list(object({ root: text, pageSays: text }))),
  first: told('The first URLs of the job; map lists all.', list(listedUrl)),
});

export function crawlTool(jobs: McpJobs, bounds: CrawlBounds, shell: Shell): Tool {
  let running: string | null = null;
  return defineTool({
    name: 'crawl',
    title: 'Crawl a site',
    description:
      'Downloads pages from the roots on, following links, within bounds. It obeys robots.txt and finds out what pace each server can take. Give "roots" for a new job, or "job" to go on with one that is not finished. Afterwards search, read, links and map answer from the job without asking the site again.',
    isReading: false,
    input: inputOf(bounds),
    output,
    async run({ scope = 'host', limit = USUAL_LIMIT, seconds = USUAL_SECONDS, ...asked }, call) {
      const wish = {
        ...{ ...asked, scope },
        limit: Math.min(limit, bounds.limit),
        seconds: Math.min(seconds, bounds.timeMs / 1_000),
      };
      if (running !== null)
        throw new ToolError('busy', `This server crawls ${running} at the moment. Wait until that call ends.`);
      running = 'another site';
      try {
        const options = await crawlOptions(wish, jobs, bounds, shell);
        running = options.output!;
        return await crawled(options, { jobs, wish, call, shell });
      } finally {
        running = null;
      }
    },
  });
}

function inputOf({ limit, timeMs }: CrawlBounds) {
  const seconds = Math.max(1, Math.floor(timeMs / 1_000));
  const root = within({ minLength: 1, maxLength: 8_000 }, text);
  const limits = { minimum: 1, maximum: limit, default: Math.min(USUAL_LIMIT, limit) };
  const times = { minimum: 1, maximum: seconds, default: Math.min(USUAL_SECONDS, seconds) };
  return object({
    roots: optional(told('The URLs to begin at.', within({ minItems: 1, maxItems: 10 }, list(root)))),
    job: told('The name of an unfinished job to go on with, instead of roots.', job),
    name: optional(
      told('The name of a new job, if it should not be that of its host.', within({ pattern: NAME.source }, text)),
    ),
    scope: optional(
      told(
        'host (usual): the hosts of the roots; prefix: their folders; page: the roots alone; site: their domains.',
        oneOf('host', 'prefix', 'page', 'site'),
      ),
    ),
    depth: optional(told('The most links from a root.', within({ minimum: 0, maximum: 1_000 }, whole))),
    limit: optional(told('The most URLs to request in this call.', within(limits, whole))),
    seconds: optional(told('The most time for this call.', within(times, amount))),
  });
}

interface Crawling {
  readonly jobs: McpJobs;
  readonly wish: Wish;
  readonly call: Call;
  readonly shell: Shell;
}

async function crawled(options: CrawlOptions, crawling: Crawling): Promise<TypeOf<typeof output>> {
  const { jobs, wish, call, shell } = crawling;
  await assertPublic(options);
  call.signal.throwIfAborted();
  const run = await startCrawl(options, {}, WARY).catch(asToolError);
  jobs.add(run.folder);
  const summary = await watched(run, wish.limit, call, shell);
  return jobs.reading(run.folder, async (opened) => {
    if (!call.signal.aborted) await makeSearchable(opened);
    return {
      notice: NOTICE,
      ...jobStateOf(summary, { isRunning: false, isSearchable: await isSearchable(opened) }),
      forbidden: run.rootsToTell.forbidden.map(({ root, text }) => ({ root, pageSays: seenLine(text) ?? '' })),
      first: await firstUrls(opened),
    } as const;
  });
}

async function firstUrls({ ledger }: OpenJob): Promise<TypeOf<typeof listedUrl>[]> {
  const rows = await allOf(ledger.rows.all({ limit: URLS_SHOWN_MAX, onUnsound: () => {} }));
  return rows.map(listedUrlOf);
}

/** Waits for the end of the run, and stops it if the call is over before. */
async function watched(run: Run, limit: number, { signal, progress }: Call, { clock }: Shell): Run['summary'] {
  // At once: what is in flight goes back to the queue, and a client that has left does not wait.
  const stop = (): void => run.stop('now');
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  const before = settledIn(run.progress());
  const timer = clock.every(PROGRESS_MS, async () => {
    const now = run.progress();
    const { queued, leased } = now.urls;
    progress(settledIn(now) - before, limit, `${queued + leased} URLs queued, ${now.inFlight} requests in flight`);
  });
  try {
    return await run.summary;
  } finally {
    timer.cancel();
    signal.removeEventListener('abort', stop);
  }
}

function settledIn({ urls }: ReturnType<Run['progress']>): number {
  return urls.done + urls.failed;
}

/** The advice of the command line would not help a model. */
function asToolError(error: unknown): never {
  if (error instanceof JobError && error.code === 'other-job')
    throw new ToolError(
      'other-job',
      'There is a job of that name with other roots, scope or depth. Give another "name", or "job" to go on with it.',
    );
  throw error;
}
