// The bounded queue between a crawl and whoever iterates over its pages. While nobody iterates, nothing is kept.

import { PAGES_BUFFERED_MAX } from '../base/limits.ts';

export interface Pages<T> extends AsyncIterable<T> {
  /** Somebody iterates. */
  readonly isWanted: boolean;
  push(page: T): void;
  /** The consumer is behind: nothing new should be leased. */
  readonly isFull: boolean;
  /** After the pages that wait the loop ends, with that error if there is one. */
  end(failure: { readonly error: unknown } | null): void;
}

/** `onTaken` is called as pages leave, `onLeft` where the consumer leaves the loop before the end. */
export function createPages<T>(onTaken: () => void, onLeft: () => void): Pages<T> {
  const buffered: T[] = [];
  let isIterated = false;
  let ending: { readonly failure: { readonly error: unknown } | null } | null = null;
  let arrival = Promise.withResolvers<void>();

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
    },
    [Symbol.asyncIterator]() {
      isIterated = true;
      return iterate();
    },
  };
}
