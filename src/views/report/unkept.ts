// Links of pages that were counted and not kept, and the pages with most of them.

import type { Row, Unkept } from '../../base/contracts.ts';
import { showCount } from '../../base/figures.ts';
import { REPORT_TOP_MAX } from '../../base/limits.ts';

export interface UnkeptLinks extends Unkept {
  /** How many pages have at least one. */
  readonly pages: number;
  /** The ten pages that have most. */
  readonly most: readonly (Unkept & { readonly url: string })[];
}

export function createUnkept(): { add(row: Row): void; readonly found: UnkeptLinks } {
  const sum = { dropped: 0, tooLong: 0, otherScheme: 0 };
  const most: (Unkept & { readonly url: string })[] = [];
  let pages = 0;
  return {
    add({ unkept, url }) {
      if (unkept === null) return;
      pages += 1;
      sum.dropped += unkept.dropped;
      sum.tooLong += unkept.tooLong;
      sum.otherScheme += unkept.otherScheme;
      most.push({ url, ...unkept });
      most.sort((a, b) => totalOf(b) - totalOf(a));
      if (most.length > REPORT_TOP_MAX) most.pop();
    },
    get found() {
      return { ...sum, pages, most };
    },
  };
}

function totalOf({ dropped, tooLong, otherScheme }: Unkept): number {
  return dropped + tooLong + otherScheme;
}

/** `5 beyond the limit of a page, 1 too long`. */
export function whyUnkept({ dropped, tooLong, otherScheme }: Unkept): string {
  const parts = [
    dropped > 0 ? `${showCount(dropped)} beyond the limit of a page` : '',
    tooLong > 0 ? `${showCount(tooLong)} too long` : '',
    otherScheme > 0 ? `${showCount(otherScheme)} with another scheme` : '',
  ];
  return parts.filter(Boolean).join(', ');
}
