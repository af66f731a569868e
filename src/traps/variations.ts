// Addresses taken apart into words and numbers, and how an address varies another one: in one part, by a part more or
// less, or in the order alone. The pages of a filter, a map or a list with choices lead to variations of themselves;
// pages with contents of their own rarely do.

import type { Address } from './address.ts';
import { withoutEscapes } from './segments.ts';

const PARTS_MOST = 40;
/** The most parts that a variation has more or less: `f[1]=colour:red` has a number in its name and two words. */
const ADDED_MOST = 4;
/** A number with its sign and decimals, or what is between separators and numbers. A name of a field keeps its `=`. */
const PART = /-?\d+(?:\.\d+)?|(?:(?!-?\d)[^/?&,;+|~=])+=?/g;
const NUMBER = /^-?\d/;
const NUMBERED_SEGMENTS = /^[\d/]*$/;

/** The parts of an address behind its first segment; null if they are too many. */
export function partsOf(address: Address): readonly string[] | null {
  const [, ...segments] = address.segments;
  const query = address.fields.length === 0 ? '' : `?${address.fields.join('&')}`;
  const parts = withoutEscapes(`${segments.join('/')}${query}`, ',').match(PART) ?? [];
  return parts.length > PARTS_MOST ? null : parts;
}

export function isNumber(part: string): boolean {
  return NUMBER.test(part);
}

/**
 * - `slot`: one part is another; its place.
 * - `more`: parts were added, or all are there in another order.
 * - `less`: parts are left out, or two numbers are others.
 */
export type Variation = number | 'more' | 'less';

/** How the second address varies the first one; null if it does not. */
export function variationOf(from: readonly string[], to: readonly string[]): Variation | null {
  const rest = to.map((part, at) => (from[at] === part ? '' : part));
  const removed: number[] = [];
  for (const [at, part] of from.entries()) {
    if (to[at] === part) continue;
    const place = rest.indexOf(part);
    if (place < 0) removed.push(at);
    else rest[place] = '';
  }
  const added = rest.filter((part) => part !== '');
  if (removed.length === 0) return added.length <= ADDED_MOST && from.length > 0 ? 'more' : null;
  if (added.length === 0) return removed.length <= ADDED_MOST ? 'less' : null;
  if (removed.length === 1 && added.length === 1) return removed[0]!;
  const areNumbers = removed.every((at) => isNumber(from[at]!)) && added.every(isNumber);
  return areNumbers && removed.length === added.length && added.length === 2 ? 'less' : null;
}

/** Whether a path only grows by numbers, as in a tree of numbered folders. */
export function isNumberedFolder(from: Address, to: Address): boolean {
  return to.url.startsWith(from.url) && NUMBERED_SEGMENTS.test(to.url.slice(from.url.length));
}
