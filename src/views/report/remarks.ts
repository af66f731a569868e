// Responses that arrived but are not quite right, in words: a content coding that gossamer lacks, or a damaged gzip
// body.

import type { Row } from '../../base/contracts.ts';
import { REMARKS_LISTED_MAX } from '../../base/limits.ts';

export interface Remarks {
  readonly total: number;
  /** The first ones, in the order in which they were found. */
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
