// The joining of a page's links to their base: at once where they are few, and with turns of the event loop between where they are
// many or their base is long.

import type { BadLink, Link } from '../base/contracts.ts';
import {
  BAD_LINK_LENGTH_MAX,
  BAD_LINKS_PER_PAGE_MAX,
  JOINED_AT_ONCE_LENGTH,
  LINKS_LENGTH_PER_PAGE_MAX,
} from '../base/limits.ts';
import { isNoUrl } from '../url/join.ts';

/** Joins a link to the base it was prepared for; null for what leads nowhere. */
export type Join = (href: string) => string | null;
/** Prepares the joining of links to a base; null where that is no absolute URL. */
export type JoinTo = (base: string) => Join | null;

/** What a link costs however short it is, in characters. */
const LINK_LENGTH_MIN = 64;

/** What is made of the links of a page. */
export interface Joined {
  readonly links: Link[];
  /** Those of which no URL can be made. */
  readonly bad: BadLink[];
}

/** Appends to `joined` those of `hrefs` that lead somewhere, and those that are no URL; gives how many more there were than are kept of one page. */
export function joinLinks(
  hrefs: readonly Link[],
  { links, bad }: Joined,
  join: Join,
  baseLength: number,
  turn: () => Promise<void>,
): number | Promise<number> {
  let room = LINKS_LENGTH_PER_PAGE_MAX;
  let dropped = 0;
  let at = 0;

  const joinSome = (): boolean => {
    for (let cost = 0; at < hrefs.length && cost < JOINED_AT_ONCE_LENGTH; at += 1) {
      const { url: href, kind, rel, element } = hrefs[at]!;
      cost += LINK_LENGTH_MIN + baseLength + href.length;
      const url = join(href);
      if (url === null && kind !== 'metadata') noteBad(bad, href, element);
      if (url === null || !isHttp(url)) continue;
      room -= url.length;
      if (room > 0) links.push({ url, kind, rel, element });
      else dropped += 1;
    }
    return at < hrefs.length;
  };

  const joinRest = async (): Promise<number> => {
    do await turn();
    while (joinSome());
    return dropped;
  };

  return joinSome() ? joinRest() : dropped;
}

/** Notes the link where it is no URL. */
export function noteBad(bad: BadLink[], href: string, element: string): void {
  if (bad.length >= BAD_LINKS_PER_PAGE_MAX || !isNoUrl(href)) return;
  bad.push({ href: href.trim().slice(0, BAD_LINK_LENGTH_MAX), element });
}

export function isHttp(url: string): boolean {
  return url.startsWith('http://') || url.startsWith('https://');
}
