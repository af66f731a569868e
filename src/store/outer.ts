// What led to a URL as a part of it, also behind redirects: a redirect is not what a browser shows.

import type { Outer } from '../base/contracts.ts';

/** More than a crawl follows. */
const REDIRECTS_MAX = 100;

/** How a row was found. */
export interface Finding {
  /** The encoding that it takes from there; null if it takes none. */
  readonly charset: string | null;
  /** What led to it, and whether by a redirect. */
  readonly from: { readonly id: number; readonly url: string; readonly isRedirect: boolean } | null;
}

/** `findingOf` reads how a row was found. */
export async function outerOf(id: number, findingOf: (id: number) => Promise<Finding>): Promise<Outer | null> {
  let at = id;
  for (let redirects = 0; redirects < REDIRECTS_MAX; redirects += 1) {
    const { charset, from } = await findingOf(at);
    if (from === null) return null;
    if (charset !== null) return { url: from.url, charset };
    if (!from.isRedirect) return null;
    at = from.id;
  }
  return null;
}

/** A finding from a row: the encoding, then the id and the URL of what led to it, and whether that redirects. */
export function findingIn(cells: readonly unknown[] | undefined): Finding {
  const [charset = null, id = null, url = null, isRedirect = null] = (cells ?? []) as [
    charset?: string | null,
    id?: number | null,
    url?: string | null,
    isRedirect?: number | boolean | null,
  ];
  if (id === null || url === null) return { charset, from: null };
  return { charset, from: { id, url, isRedirect: Boolean(isRedirect) } };
}
