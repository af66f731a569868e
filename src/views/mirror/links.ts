// How a link of a file in a mirror is written: relative to the file where it leads to another, absolute where it leads out.

import { type Base, joinUrl, prepareBase } from '../../url/join.ts';
import type { MirrorPaths } from './paths.ts';

/** Gives what is to stand in place of a link, not escaped; null where it stays as it is. */
export type Relink = (href: string) => string | null;

/** For the links of the file at `from` whose base is `base`; `encode` prepares them for its encoding. `isOut`: it leads out though its target is there. */
export function createRelink(
  paths: Pick<MirrorPaths, 'of'>,
  from: string,
  base: Base | string,
  encode: ((href: string) => string) | null = null,
): (href: string, isOut?: boolean) => string | null {
  const prepared = typeof base === 'string' ? prepareBase(base) : base;
  const relinked = (href: string, isOut: boolean): string | null => {
    const url = prepared === null ? null : joinUrl(encode === null ? href : encode(href), prepared);
    if (url === null || !/^https?:/.test(url)) return null;
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
