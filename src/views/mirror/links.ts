// How a link of a file in a mirror is written: relative to the file where it leads to another, absolute where it leads
// out.

import { URL_LENGTH_MAX } from '../../base/limits.ts';
import { type Base, joinUrl, prepareBase } from '../../url/join.ts';
import type { MirrorPaths } from './paths.ts';

/** Stands in place of an address that leads nowhere on the web and somewhere from a disk. */
export const NOWHERE = 'about:blank';
/**
 * The files of whoever opens the mirror, and machines of his network, which are told his name and a form of his
 * password.
 */
const DISK =
  /^(?:file|smb|cifs|afp|nfs|davs?|webdavs?|jar|mhtml|mk|its|ms-its|view-source|filesystem|res|resource|netdoc|search|search-ms):|^[a-z][\w+.-]*:[^/?#]*\b(?:file|smb):/i;

/** Gives what is to stand in place of a link, not escaped; null where it stays as it is. */
export type Relink = (href: string) => string | null;

/**
 * For the links of the file at `from` whose base is `base`; `encode` prepares them for its encoding. `isOut`: it leads
 * out though its target is there. Where `staysElse`, only what leads nowhere is changed.
 */
export function createRelink(
  paths: Pick<MirrorPaths, 'of'>,
  from: string,
  base: Base | string,
  encode: ((href: string) => string) | null = null,
  staysElse = false,
): (href: string, isOut?: boolean) => string | null {
  const prepared = typeof base === 'string' ? prepareBase(base) : base;
  const relinked = (href: string, isOut: boolean): string | null => {
    const url = prepared === null ? null : joinUrl(encode === null ? href : encode(href), prepared);
    if (url === null || !/^https?:/.test(url)) return isAliveOnDisk(href, url) ? NOWHERE : null;
    if (staysElse && !isOfNetwork(href)) return null;
    // Nobody can ask for it, and a long base would stand in each link of its page.
    if (url.length > URL_LENGTH_MAX) return /^https?:\/\//.test(href) ? null : NOWHERE;
    const hash = href.indexOf('#');
    const fragment = hash < 0 ? '' : href.slice(hash).trimEnd();
    const file = isOut ? null : paths.of(url);
    return (file === null ? url : relativePath(from, file)) + fragment;
  };
  // A page says the same again and again.
  const known = new Map<string, string | null>();
  return (href, isOut = false) => {
    if (isOut) return relinked(href, true);
    let link = known.get(href);
    if (link === undefined) {
      link = relinked(href, false);
      known.set(href, link);
    }
    return link;
  };
}

/** `//host/x`, and `\\\\host\\x`, which from a disk ask a machine of its network for a file. */
export function isOfNetwork(href: string): boolean {
  return /^[\0- ]*[/\\][\t\n\r]*[/\\]/.test(href);
}

/**
 * `url` is the link joined to its page; where it is null, as for a host that is empty, a page on a disk still leads
 * somewhere.
 */
function isAliveOnDisk(href: string, url: string | null): boolean {
  // Images are given so, and are long.
  if (url === null && /^[\0- ]*data:/i.test(href)) return false;
  return DISK.test(url ?? URL.parse(href, 'file:///')?.href ?? '');
}

/** From a file to another, as a URL: every character that could mean something is escaped. */
export function relativePath(from: string, to: string): string {
  const here = from.split('/').slice(0, -1);
  const there = to.split('/');
  let common = 0;
  while (common < here.length && common < there.length - 1 && here[common] === there[common]) common += 1;
  const up = '../'.repeat(here.length - common);
  return up + there.slice(common).map(escaped).join('/');
}

function escaped(segment: string): string {
  if (/^[\w.-]*$/.test(segment)) return segment;
  return encodeURIComponent(segment).replace(/[!'()*]/g, (odd) => `%${odd.charCodeAt(0).toString(16)}`);
}

/** A change of a text: what stands from `from` to `to` becomes `text`. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Applies edits that do not overlap, in whatever order they are given. */
export function edited(text: string, edits: Edit[]): string {
  let result = '';
  let at = 0;
  for (const edit of edits.sort((one, other) => one.from - other.from)) {
    result += text.slice(at, edit.from) + edit.text;
    at = edit.to;
  }
  return result + text.slice(at);
}
