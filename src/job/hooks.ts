// Calls the functions of a program that uses the library, and waits for them. The first error that one of them throws
// ends the run.

import type { Fetch, Request } from '../base/contracts.ts';
import { type SkipReason, UsageError } from '../base/errors.ts';
import { SKIPS_WAITED_FOR_MAX } from '../base/limits.ts';
import { shown } from '../options/shown.ts';
import { joinUrl } from '../url/join.ts';
import type { Page } from './page.ts';

/**
 * Each function may be asynchronous. If one throws or rejects, the run ends and rejects with that error; the job can be
 * resumed later.
 */
export interface CrawlHooks {
  /**
   * Called before each request, also for robots.txt; the request that it returns is sent instead. A header that it
   * adds, even a secret one, goes to the server of this request: check the URL before you add one.
   */
  readonly onRequest?: ((request: Request) => Request | Promise<Request>) | undefined;
  /**
   * Called after each page, in the order in which pages were settled. The run waits for it: it is called for at most
   * `concurrency` pages at a time, and a slow function slows the crawl. The page is already settled, so a resumed job
   * does not pass it again. A run that is stopped still waits until this function ends.
   */
  readonly onPage?: ((page: Page) => unknown) | undefined;
  /** Called when a URL was found and the crawl decides not to request it. */
  readonly onSkip?: ((skipped: SkippedUrl) => unknown) | undefined;
}

/** A URL that is not requested, and why. */
export interface SkippedUrl {
  readonly url: string;
  readonly reason: SkipReason;
}

export interface CalledHooks {
  /** The request to send; null if a hook has failed and nothing may be sent. */
  request(request: Request): Promise<Request | null>;
  page(page: Page): Promise<void>;
  skip(url: string, reason: SkipReason): Promise<void>;
  /** Too many skipped URLs wait for their hook: URLs are skipped faster than the hook takes them. */
  readonly isBehind: boolean;
  /** Resolves when no hook is running; rejects with the first failure. */
  over(): Promise<void>;
}

/** @throws UsageError that names a hook that is no function, or a signal that is none. */
export function assertUsable({ signal, ...hooks }: CrawlHooks & { readonly signal?: unknown }): void {
  for (const [name, hook] of Object.entries(hooks))
    if (hook !== undefined && typeof hook !== 'function')
      throw new UsageError(`${name}: ${shown(hook)} is not a function.`);
  // One of another realm is as good.
  if (signal !== undefined && typeof (signal as AbortSignal | null)?.addEventListener !== 'function')
    throw new UsageError(`signal: ${shown(signal)} is not an AbortSignal.`);
}

/**
 * `onFailure` is called once, with the first failure; after that no hook is called. `onTaken` is called when `isBehind`
 * becomes false.
 */
export function callHooks(hooks: CrawlHooks, onFailure: () => void, onTaken: () => void): CalledHooks {
  let failure: { readonly error: unknown } | null = null;
  let skips = 0;
  let waited = 0;
  let idle = Promise.withResolvers<void>();
  idle.resolve();

  const called = async <T>(work: () => T): Promise<Awaited<T> | null> => {
    if (failure !== null) return null;
    if (waited === 0) idle = Promise.withResolvers<void>();
    waited += 1;
    try {
      return await work();
    } catch (error) {
      if (failure === null) {
        failure = { error };
        onFailure();
      }
      return null;
    } finally {
      waited -= 1;
      if (waited === 0) idle.resolve();
    }
  };

  return {
    request: (request) => called(async () => asRequest(await hooks.onRequest!(request))),
    page: async (page) => void (await called(() => hooks.onPage!(page))),
    async skip(url, reason) {
      skips += 1;
      await called(() => hooks.onSkip!({ url, reason }));
      skips -= 1;
      if (skips === SKIPS_WAITED_FOR_MAX) onTaken();
    },
    get isBehind() {
      return skips > SKIPS_WAITED_FOR_MAX;
    },
    async over() {
      await idle.promise;
      if (failure !== null) throw failure.error;
    },
  };
}

function asRequest(given: Request): Request {
  if (typeof given?.url === 'string' && given.method !== undefined) return { ...given, url: unsigned(given.url) };
  throw new UsageError('onRequest must return a request: the one that it received, or a changed copy of it.');
}

/** The URL without its credentials: they are stored nowhere, so a request does not carry them either. */
function unsigned(url: string): string {
  return url.includes('@') ? (joinUrl(url, url) ?? url) : url;
}

/** A fetch that sends the request that `ask` returns, and sends nothing if `ask` returns null. */
export function hookedFetch(fetch: Fetch, ask: ((request: Request) => Promise<Request | null>) | undefined): Fetch {
  if (ask === undefined) return fetch;
  return async (request, signal) => {
    const wanted = await ask(request);
    return wanted === null ? fetch(request, AbortSignal.abort()) : fetch(wanted, signal);
  };
}
