// Responses that were had and are not quite what they should be, in words: a coding that we lack, a gzip that is
// damaged.

import type { Row } from '../../base/contracts.ts';
import { REMARKS_LISTED_MAX } from '../../base/limits.ts';

export interface Remarks {
  readonly total: number;
  /** The first so many in the order in which they were found. */
  readonly urls: readonly { readonly url: string; readonly detail: string }[];
}

export function createRemarks(): { add(row: Row): void; readonly found: Remarks } {
  const urls: { url: string; detail: string }[] = [];
  let total = 0;
  return {
    add({ state, url, detail }) {
      if (state !== 'done' || detail === null) return;
      total += 1;
      if (urls.length < REMARKS_LISTED_MAX) urls.push({ url, detail });
    },
    get found() {
      return { total, urls };
    },
  };
}
