// The library: what `import ... from 'gossamer'` gives, and nothing else.

import type { Summary } from './base/contracts.ts';
import type { Progress, Run } from './job/assemble.ts';
import { startCrawl } from './job/assemble.ts';
import { assertUsable, type CrawlHooks, callHooks } from './job/hooks.ts';
import { type Page, pageOf } from './job/page.ts';
import { createPages } from './job/pages.ts';
import type { CrawlChoices, RootInput } from './options/crawl-options.ts';
import { resolveOptions } from './options/options.ts';

export type { HostFigures, Link, LinkKind, RawHeaders, Request, StoppedBy, Summary } from './base/contracts.ts';
export {
  ERROR_CODES,
  type ErrorCode,
  GossamerError,
  JobError,
  MachineError,
  SKIP_REASONS,
  type SkipReason,
  UsageError,
} from './base/errors.ts';
export { headerOf } from './base/headers.ts';
export type { CrawlHooks, SkippedUrl } from './job/hooks.ts';
export type { Page } from './job/page.ts';
export { type Config, defineConfig } from './options/config.ts';
export type { CrawlChoices, CrawlOptions, PatternInput, RootInput } from './options/crawl-options.ts';
export type { Progress };

/** How a crawl should differ from the usual one, and how a program takes part in it. */
export interface CrawlSettings extends CrawlChoices, CrawlHooks {
  /** Stops the crawl gracefully; the job can go on later. */
  readonly signal?: AbortSignal | undefined;
}

export interface CrawlRun extends AsyncIterable<Page> {
  /** Resolves when the run is over; rejects with UsageError, JobError or MachineError. */
  readonly summary: Promise<Summary>;
  /** A snapshot; null until the job is open. */
  progress(): Progress | null;
  stop(how?: 'gracefully' | 'now'): void;
}

/**
 * Crawls from one or more roots. The options are those of the command line in camelCase, with units last (`timeoutMs`).
 * Iterate to get the pages as they are settled. A slow loop slows the crawl. Leaving the loop stops the crawl, waits
 * until the job is closed, and leaves a job that can go on. Without a loop, await `summary`.
 *
 * @example
 * ```ts
 * const run = crawl('https://example.com', { concurrency: 100 });
 * for await (const page of run) console.log(page.status, page.url, page.links.length);
 * const summary = await run.summary;
 * ```
 */
export function crawl(roots: RootInput | readonly RootInput[], settings: CrawlSettings = {}): CrawlRun {
  const { signal, onRequest, onPage, onSkip, ...options } = settings;
  let run: Run | null = null;
  let stopped: 'gracefully' | 'now' | null = null;
  let wake = (): void => {};
  const stop = (how: 'gracefully' | 'now' = 'gracefully'): void => {
    stopped = how;
    run?.stop(how);
  };
  const taken = (): void => wake();
  const pages = createPages<Page>(taken, stop);
  let last: Promise<unknown> = Promise.resolve();
  // What is in flight goes back to the queue, so that it is given to the hook when the job goes on.
  const hooks = callHooks({ onRequest, onPage, onSkip }, () => stop('now'), taken);

  const start = async (): Promise<Summary> => {
    assertUsable({ onRequest, onPage, onSkip, signal });
    run = await startCrawl(resolveOptions({ ...options, roots }), {
      onRequest: onRequest && hooks.request,
      onSkip: onSkip && hooks.skip,
      async onSettled(settled, referrer) {
        if (onPage === undefined && !pages.isWanted) return;
        // In the order in which they were settled, whatever the store answers first.
        const asked = Promise.all([referrer(), last]);
        last = asked.catch(() => {});
        const page = pageOf(settled, (await asked)[0]);
        pages.push(page);
        return onPage && hooks.page(page);
      },
      isBehind: () => pages.isFull || hooks.isBehind,
      onStart: (heartWake) => {
        wake = heartWake;
      },
    });
    if (stopped !== null || signal?.aborted) run.stop(stopped ?? 'gracefully');
    signal?.addEventListener('abort', () => stop(), { once: true });
    try {
      return await run.summary;
    } finally {
      // Where a hook failed, that is why the run ended.
      await hooks.over();
    }
  };
  const summary = start();
  summary.then(
    () => pages.end(null),
    (error) => pages.end({ error }),
  );
  return {
    summary,
    progress: () => run?.progress() ?? null,
    stop,
    [Symbol.asyncIterator]: () => pages[Symbol.asyncIterator](),
  };
}
