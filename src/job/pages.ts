// The bounded queue between a crawl and a program that iterates over its pages. It keeps nothing while no program
// iterates.

import { PAGES_BUFFERED_MAX } from '../base/limits.ts';

export interface Pages<T> extends AsyncIterable<T> {
  /** A program iterates over the pages. */
  readonly isWanted: boolean;
  push(page: T): void;
  /** The consumer is behind, so no new URL should be leased. */
  readonly isFull: boolean;
  /** Ends the loop after the pages that still wait. If there is an error the loop throws it. */
  end(failure: { readonly error: unknown } | null): void;
}

/**
 * `onTaken` is called when pages leave the queue, `onLeft` when the consumer leaves the loop early. The loop is left
 * when `end` was called, so that the program finds the job closed behind it.
 */
export function createPages<T>(onTaken: () => void, onLeft: () => void): Pages<T> {
  const buffered: T[] = [];
  let isIterated = false;
  let ending: { readonly failure: { readonly error: unknown } | null } | null = null;
  let arrival = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();

  async function* iterate(): AsyncGenerator<T> {
    try {
      for (;;) {
        for (let page = buffered.shift(); page !== undefined; page = buffered.shift()) {
          onTaken();
          yield page;
        }
        if (ending !== null) break;
        await arrival.promise;
        arrival = Promise.withResolvers<void>();
      }
      if (ending.failure !== null) throw ending.failure.error;
    } finally {
      isIterated = false;
      buffered.length = 0;
      if (ending === null) onLeft();
      await over.promise;
    }
  }

  return {
    get isWanted() {
      return isIterated;
    },
    push(page) {
      if (!isIterated) return;
      buffered.push(page);
      arrival.resolve();
    },
    get isFull() {
      return buffered.length >= PAGES_BUFFERED_MAX;
    },
    end(failure) {
      ending = { failure };
      arrival.resolve();
      over.resolve();
    },
    [Symbol.asyncIterator]() {
      isIterated = true;
      return iterate();
    },
  };
}
