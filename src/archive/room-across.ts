// Waiting for room, across two threads. The work is done in the thread; whether it is done again, and when, the room of
// the crawl's event loop decides, because it knows the patience and tells the user what is waited for.

import type { Room } from '../base/room.ts';
import { receivedError, type SentError, sentError } from '../base/thread-error.ts';

/** What the thread tells: a piece of work has failed, or has succeeded after it had failed. */
export type WorkNews =
  | { readonly kind: 'work-failed'; readonly work: number; readonly what: string; readonly error: SentError }
  | { readonly kind: 'work-done'; readonly work: number };

/** What the loop answers to a failure: try again, or give up with this error. */
export interface WorkAnswer {
  readonly kind: 'work';
  readonly work: number;
  readonly error: SentError | null;
}

/** The thread's side. */
export function roomInThread(post: (news: WorkNews) => void): Pick<Room, 'whenThere'> & {
  answered(answer: WorkAnswer): void;
} {
  const waiting = new Map<number, PromiseWithResolvers<void>>();
  let works = 0;
  return {
    async whenThere(what, work) {
      works += 1;
      const own = works;
      for (let tries = 0; ; tries += 1) {
        try {
          const result = await work();
          if (tries > 0) post({ kind: 'work-done', work: own });
          return result;
        } catch (error) {
          const again = Promise.withResolvers<void>();
          waiting.set(own, again);
          post({ kind: 'work-failed', work: own, what, error: sentError(error) });
          await again.promise;
        }
      }
    },
    answered({ work, error }) {
      const again = waiting.get(work)!;
      waiting.delete(work);
      if (error === null) again.resolve();
      else again.reject(receivedError(error));
    },
  };
}

/** The loop's side. `end` tells all waiting work that the thread is gone. */
export function roomForThread(
  room: Pick<Room, 'whenThere'>,
  post: (answer: WorkAnswer) => void,
): { told(news: WorkNews): void; end(error: Error): void } {
  /** The tries that are under way in the thread. */
  const tries = new Map<number, PromiseWithResolvers<void>>();
  let ended: Error | null = null;

  const begin = (work: number, what: string, failure: Error): void => {
    let first: Error | null = failure;
    const again = (): Promise<void> => {
      const failed = first ?? ended;
      first = null;
      if (failed !== null) return Promise.reject(failed);
      const next = Promise.withResolvers<void>();
      tries.set(work, next);
      post({ kind: 'work', work, error: null });
      return next.promise;
    };
    room.whenThere(what, again).catch((error) => post({ kind: 'work', work, error: sentError(error) }));
  };
  return {
    told(news) {
      const known = tries.get(news.work);
      tries.delete(news.work);
      if (news.kind === 'work-done') known!.resolve();
      else if (known === undefined) begin(news.work, news.what, receivedError(news.error));
      else known.reject(receivedError(news.error));
    },
    end(error) {
      ended = error;
      for (const { reject } of tries.values()) reject(error);
      tries.clear();
    },
  };
}
