// Links that cannot become URLs, and the pages that contain them. They have no row.

import type { LinkReader } from '../../base/contracts.ts';
import { BROKEN_KEPT_MAX, BROKEN_LISTED_MAX, REFERRERS_LISTED_MAX } from '../../base/limits.ts';

export interface BadLinks {
  /** How many different ones there are; at most a hundred thousand are counted. */
  readonly total: number;
  /** How often they occur, counted once for each page. */
  readonly links: number;
  /** The most frequent first; at most a thousand. */
  readonly hrefs: readonly BadHref[];
}

export interface BadHref {
  readonly href: string;
  /** The element in which it was found first; `location` means the header of a redirect. */
  readonly element: string;
  readonly links: number;
  /** At most ten of the pages that contain it. */
  readonly referrers: readonly string[];
}

export async function badLinksOf({ bad, urls }: Pick<LinkReader, 'bad' | 'urls'>): Promise<BadLinks> {
  const met = new Map<string, { readonly element: string; links: number; readonly pages: number[] }>();
  let links = 0;
  for await (const found of bad()) {
    for (const { page, href, element } of found) {
      links += 1;
      const known = met.get(href) ?? { element, links: 0, pages: [] };
      known.links += 1;
      if (known.pages.length < REFERRERS_LISTED_MAX) known.pages.push(page);
      if (known.links === 1 && met.size < BROKEN_KEPT_MAX) met.set(href, known);
    }
  }
  const listed = [...met]
    .sort(([a, one], [b, other]) => other.links - one.links || (a < b ? -1 : 1))
    .slice(0, BROKEN_LISTED_MAX);
  const hrefs: BadHref[] = [];
  for (const [href, { element, links, pages }] of listed) {
    hrefs.push({ href, element, links, referrers: await urls(pages) });
  }
  return { total: met.size, links, hrefs };
}
