// The bounded queue between a crawl and whoever iterates over its pages. While nobody iterates, nothing is kept.

import { PAGES_BUFFERED_MAX } from './base/limits.ts';
import type { SettledPage } from './crawl-parts.ts';

export interface Pages<T> extends AsyncIterable<T> {
  push(page: SettledPage): void;
  /** The consumer is behind: nothing new should be leased. */
  readonly isFull: boolean;
  end(error?: unknown): void;
}

/** `onTaken` is called as pages leave, `onLeft` where the consumer leaves the loop before the end. */
export function createPages<T>(toPage: (page: SettledPage) => T, onTaken: () => void, onLeft: () => void): Pages<T> {
  const buffered: T[] = [];
  let isIterated = false;
  let ending: { readonly error: unknown } | null = null;
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
      if (ending.error !== undefined) throw ending.error;
    } finally {
      isIterated = false;
      buffered.length = 0;
      if (ending === null) onLeft();
    }
  }

  return {
    push(page) {
      if (!isIterated) return;
      buffered.push(toPage(page));
      arrival.resolve();
    },
    get isFull() {
      return buffered.length >= PAGES_BUFFERED_MAX;
    },
    end(error) {
      ending = { error };
      arrival.resolve();
    },
    [Symbol.asyncIterator]() {
      isIterated = true;
      return iterate();
    },
  };
}
