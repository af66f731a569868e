// How a mirror writes the links of a file: relative if the target is in the mirror, absolute otherwise.

import { URL_LENGTH_MAX } from '../../base/limits.ts';
import { type Base, joinUrl, prepareBase } from '../../url/join.ts';
import type { MirrorPaths } from './paths.ts';

/** Replaces an address that leads nowhere on the web but somewhere on a disk. */
export const NOWHERE = 'about:blank';
/**
 * Addresses of files on the reader's disk and of machines in the reader's network. Such a machine would receive the
 * reader's name and a form of the password. A scheme of one letter is a drive of Windows.
 */
const DISK =
  /^(?:file|smb|cifs|afp|nfs|davs?|webdavs?|jar|mhtml|mk|its|ms-its|view-source|filesystem|res|resource|netdoc|search|search-ms):|^[a-z]:[\\/]|^[a-z][\w+.-]*:[^/?#]*\b(?:file|smb):|^ms-[\w-]+:[^?#]*\\\\/i;

/** Returns the replacement of a link, not escaped; null if the link stays as it is. */
export type Relink = (href: string) => string | null;

/**
 * Creates the function for the links of the file at `from`, whose base is `base`. `encode` prepares links for its
 * encoding. With `isOut` the link leads to the web even if its target is in the mirror. With `staysElse` only dangerous
 * links are changed.
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
    // No server accepts a link of this length, and a long base would be repeated in each link of its page.
    if (url.length > URL_LENGTH_MAX) return /^https?:\/\//.test(href) ? null : NOWHERE;
    const hash = href.indexOf('#');
    const fragment = hash < 0 ? '' : href.slice(hash).trimEnd();
    const file = isOut ? null : paths.of(url);
    return file === null ? url + fragment : relativeLink(from, file, fragment);
  };
  // A page repeats its links.
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

/** Whether it is like `//host/x` or `\\\\host\\x`. On a disk these ask a machine of the network for a file. */
export function isOfNetwork(href: string): boolean {
  return /^[\0- ]*[/\\][\t\n\r]*[/\\]/.test(href);
}

/**
 * `url` is the link joined to its page. It is null for an empty host, for example, but on a disk the link may still
 * lead somewhere.
 */
function isAliveOnDisk(href: string, url: string | null): boolean {
  // Images may be written like this, and they are long.
  if (url === null && /^[\0- ]*data:/i.test(href)) return false;
  return DISK.test(url ?? URL.parse(href, 'file:///')?.href ?? '');
}

/**
 * The relative URL from one file to what `of` of `MirrorPaths` gives: another file, with the fragment of its redirects.
 * That takes the place of the link's own (Fetch standard, "HTTP-redirect fetch").
 */
export function relativeLink(from: string, to: string, fragment = ''): string {
  const hash = to.indexOf('#');
  if (hash < 0) return relativePath(from, to) + fragment;
  return relativePath(from, to.slice(0, hash)) + to.slice(hash);
}

/** The relative URL from one file to another. Every character with a special meaning is escaped. */
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

/** Replaces the part of a text between `from` and `to` with `text`. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Applies edits that do not overlap, in any order. */
export function edited(text: string, edits: Edit[]): string {
  let result = '';
  let at = 0;
  for (const edit of edits.sort((one, other) => one.from - other.from)) {
    result += text.slice(at, edit.from) + edit.text;
    at = edit.to;
  }
  return result + text.slice(at);
}
