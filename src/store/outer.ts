// What led to a URL as a part of it, also behind redirects: a redirect is not what a browser shows.

import type { Outer } from '../base/contracts.ts';

/** More than a crawl follows. */
const STEPS_MAX = 100;
/** The encoding of a page in ASCII that names none. It hands on what it has from its own frame. */
const UNTOLD = 'windows-1252';

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
  let outer: Outer | null = null;
  for (let steps = 0; steps < STEPS_MAX; steps += 1) {
    const { charset, from } = await findingOf(at);
    if (from === null) break;
    if (charset !== null) outer = { url: from.url, charset };
    if (charset === null ? !from.isRedirect : charset !== UNTOLD) break;
    at = from.id;
  }
  return outer;
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
