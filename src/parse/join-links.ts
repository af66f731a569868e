// Joins a page's links to their base: at once if they are few, with turns of the event loop in between if they are many
// or their base is long.

import type { BadLink, Link, Unkept } from '../base/contracts.ts';
import {
  BAD_LINK_LENGTH_MAX,
  BAD_LINKS_PER_PAGE_MAX,
  JOINED_AT_ONCE_LENGTH,
  LINKS_FREE_LENGTH,
  LINKS_GROWTH_MAX,
  LINKS_LENGTH_PER_PAGE_MAX,
  LINKS_PER_PAGE_MAX,
  URL_LENGTH_MAX,
} from '../base/limits.ts';
import { isNoUrl, withoutUserinfo } from '../url/join.ts';

/** Joins a link to a prepared base; null if the link leads nowhere. */
export type Join = (href: string) => string | null;
/** Prepares a base for joining; null if it is not an absolute URL. */
export type JoinTo = (base: string) => Join | null;

/** The cost of a link in characters, however short it is. */
const LINK_LENGTH_MIN = 64;

/** The result for all links of a page. */
export interface Joined {
  readonly links: Link[];
  /** The links that cannot become URLs. */
  readonly bad: BadLink[];
  readonly unkept: UnkeptCounts;
}

export type UnkeptCounts = { -readonly [Why in keyof Unkept]: number };

export function nothingUnkept(): UnkeptCounts {
  return { dropped: 0, tooLong: 0, otherScheme: 0 };
}

/** Whether the URL can be requested. If not, it is counted in `unkept`. */
export function isFit(url: string, unkept: UnkeptCounts): boolean {
  if (!isHttp(url)) unkept.otherScheme += 1;
  else if (url.length > URL_LENGTH_MAX) unkept.tooLong += 1;
  else return true;
  return false;
}

/**
 * Whether the page has as many links as are kept of one page. The caller tests this before it makes a link: a page may
 * have millions, and all would be garbage.
 */
export function isFull(links: readonly Link[]): boolean {
  return links.length >= LINKS_PER_PAGE_MAX;
}

/** A link that becomes joined. */
export type Unjoined = { -readonly [Field in keyof Link]: Link[Field] };

/**
 * The characters that the links of a page may have together, if they take so many where they are written. A long base
 * makes each of them long.
 */
export function linksRoom(writtenLength: number): number {
  return Math.min(LINKS_LENGTH_PER_PAGE_MAX, LINKS_FREE_LENGTH + LINKS_GROWTH_MAX * writtenLength);
}

/**
 * Joins `hrefs` to their base and appends them to `joined`: URLs to `links`, and links that are not URLs to `bad`. In
 * `unkept` it counts the links that are not kept.
 */
export function joinLinks(
  hrefs: readonly Unjoined[],
  { links, bad, unkept }: Joined,
  join: Join,
  baseLength: number,
  turn: () => Promise<void>,
): void | Promise<void> {
  let room = linksRoom(hrefs.reduce((sum, { url }) => sum + url.length, 0));
  let at = 0;

  const joinSome = (): boolean => {
    for (let cost = 0; at < hrefs.length && cost < JOINED_AT_ONCE_LENGTH; at += 1) {
      const link = hrefs[at]!;
      const { url: href } = link;
      cost += LINK_LENGTH_MIN + baseLength + href.length;
      const url = join(href);
      if (url === null && link.kind !== 'metadata') noteBad(bad, href, link.element);
      if (url === null || !isFit(url, unkept)) continue;
      room -= url.length;
      if (room <= 0) unkept.dropped += 1;
      else {
        link.url = url;
        links.push(link);
      }
    }
    return at < hrefs.length;
  };

  const joinRest = async (): Promise<void> => {
    do await turn();
    while (joinSome());
  };

  return joinSome() ? joinRest() : undefined;
}

/** Records the link if it cannot become a URL. */
export function noteBad(bad: BadLink[], href: string, element: string): void {
  if (bad.length >= BAD_LINKS_PER_PAGE_MAX || !isNoUrl(href)) return;
  bad.push({ href: withoutUserinfo(href.trim()).slice(0, BAD_LINK_LENGTH_MAX), element });
}

function isHttp(url: string): boolean {
  return url.startsWith('http://') || url.startsWith('https://');
}
