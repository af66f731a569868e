// The library: what `import ... from 'gossamer'` gives, and nothing else.

import type { Progress, Run } from './assemble.ts';
import { startCrawl } from './assemble.ts';
import type { Outcome, RawHeaders, Request, Summary } from './base/contracts.ts';
import type { ErrorCode, SkipReason } from './base/errors.ts';
import type { CrawlChoices, RootInput } from './crawl-options.ts';
import type { SettledPage } from './crawl-parts.ts';
import { resolveOptions } from './options.ts';
import { createPages } from './pages.ts';

export type { HostFigures, RawHeaders, Request, StoppedBy, Summary } from './base/contracts.ts';
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
export { type Config, defineConfig } from './config.ts';
export type { CrawlChoices, CrawlOptions, PatternInput, RootInput } from './crawl-options.ts';
export type { Progress };

/** One URL whose state is final: a response was had, or it failed. */
export interface Page {
  /** As it was asked. */
  readonly url: string;
  /** 0 where there was no response; then `error` says why. */
  readonly status: number;
  readonly error: ErrorCode | null;
  readonly truncated: Outcome['truncated'];
  /** Links from a root. */
  readonly depth: number;
  /** Name and value by turns, as received. */
  readonly headers: RawHeaders;
  /** Media type without parameters. */
  readonly contentType: string;
  readonly title: string;
  /** Absolute URLs in document order. */
  readonly links: readonly string[];
  /** Where a redirect leads. */
  readonly redirectTo: string | null;
  /** After content codings. */
  readonly body: Uint8Array;
  /** Milliseconds since the epoch; 0 where the host was given up before this URL was asked. */
  readonly fetchedAt: number;
  readonly elapsedMs: number;
}

export interface CrawlHooks {
  /**
   * Before each request, robots.txt included; what it returns is sent instead. A header that it adds goes to where this request goes, a secret too:
   * look at the URL before you add one.
   */
  readonly onRequest?: (request: Request) => Request;
  /** After each page, in the order in which they were settled. */
  readonly onPage?: (page: Page) => void;
  /** As soon as it is decided that a URL which was found will not be asked for. */
  readonly onSkip?: (skipped: SkippedUrl) => void;
}

/** A URL that is not asked for, and why. */
export interface SkippedUrl {
  readonly url: string;
  readonly reason: SkipReason;
}

export interface CrawlSettings extends CrawlChoices, CrawlHooks {
  /** Stops the crawl gracefully; the job can go on later. */
  readonly signal?: AbortSignal;
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
 * Iterate to get the pages as they are settled: leaving the loop stops the crawl and leaves a job that can go on, and a slow
 * loop slows the crawl. Without a loop, await `summary`.
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
  const pages = createPages(toPage, () => wake(), stop);

  const start = async (): Promise<Summary> => {
    const resolved = resolveOptions({ ...options, roots });
    run = await startCrawl(resolved, {
      ...(onRequest === undefined ? {} : { onRequest }),
      ...(onSkip === undefined ? {} : { onSkip: (url, reason) => onSkip({ url, reason }) }),
      onSettled: (page) => {
        pages.push(page);
        onPage?.(toPage(page));
      },
      isBehind: () => pages.isFull,
      onStart: (heartWake) => {
        wake = heartWake;
      },
    });
    if (stopped !== null || signal?.aborted) run.stop(stopped ?? 'gracefully');
    signal?.addEventListener('abort', () => stop(), { once: true });
    return run.summary;
  };
  const summary = start();
  summary.then(
    () => pages.end(),
    (error) => pages.end(error),
  );
  return {
    summary,
    progress: () => run?.progress() ?? null,
    stop,
    [Symbol.asyncIterator]: () => pages[Symbol.asyncIterator](),
  };
}

function toPage({ settlement, outcome, found }: SettledPage): Page {
  return {
    url: outcome?.url ?? settlement.lease.url,
    status: outcome?.status ?? 0,
    error: settlement.error,
    truncated: outcome?.truncated ?? null,
    depth: settlement.lease.depth,
    headers: outcome?.headers ?? [],
    contentType: settlement.response?.contentType ?? '',
    title: found?.title ?? '',
    links: found?.links.map((link) => link.url) ?? [],
    redirectTo: settlement.redirect?.url ?? null,
    body: outcome?.body ?? new Uint8Array(0),
    fetchedAt: settlement.fetchedAt,
    elapsedMs: settlement.elapsedMs,
  };
}
