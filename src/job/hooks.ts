// The functions of a program that uses the library: they are called one way, waited for, and what the first of them throws ends the run.

import type { Fetch, Request } from '../base/contracts.ts';
import { type SkipReason, UsageError } from '../base/errors.ts';
import { SKIPS_WAITED_FOR_MAX } from '../base/limits.ts';
import { joinUrl } from '../url/join.ts';
import type { Page } from './page.ts';

/** Each may be asynchronous, and what one throws, or rejects with, ends the run: it rejects with that, and the job can go on later. */
export interface CrawlHooks {
  /**
   * Before each request, robots.txt included; what it returns is sent instead. A header that it adds goes to where this request goes, a secret too:
   * look at the URL before you add one.
   */
  readonly onRequest?: ((request: Request) => Request | Promise<Request>) | undefined;
  /**
   * After each page, in the order in which they were settled. The run waits for it: `concurrency` pages are with it at most, and a slow one slows the crawl.
   * A page is settled before, so it is not given again when the job goes on. However the run is stopped, it ends no sooner than this does.
   */
  readonly onPage?: ((page: Page) => unknown) | undefined;
  /** As soon as it is decided that a URL which was found will not be asked for. */
  readonly onSkip?: ((skipped: SkippedUrl) => unknown) | undefined;
}

/** A URL that is not asked for, and why. */
export interface SkippedUrl {
  readonly url: string;
  readonly reason: SkipReason;
}

export interface CalledHooks {
  /** Null where a hook has failed: then nothing is to be sent. */
  request(request: Request): Promise<Request | null>;
  page(page: Page): Promise<void>;
  skip(url: string, reason: SkipReason): Promise<void>;
  /** More skips are waited for than should be: they are decided faster than pages come. */
  readonly isBehind: boolean;
  /** Resolves once nothing is waited for; rejects with what the first failure was. */
  over(): Promise<void>;
}

/** `onFailure` is called with the first failure, after which no hook is called any more; `onTaken` when `isBehind` is no more. */
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
  throw new UsageError(
    'onRequest: what it returns is no request; return the one that it was given, or one made of that.',
  );
}

/** What stands before an `@` is kept nowhere, so it is not asked either. */
function unsigned(url: string): string {
  return url.includes('@') ? (joinUrl(url, url) ?? url) : url;
}

/** The same, where what `ask` makes of a request is sent, and nothing where that is null. */
export function hookedFetch(fetch: Fetch, ask: ((request: Request) => Promise<Request | null>) | undefined): Fetch {
  if (ask === undefined) return fetch;
  return async (request, signal) => {
    const wanted = await ask(request);
    return wanted === null ? fetch(request, AbortSignal.abort()) : fetch(wanted, signal);
  };
}
