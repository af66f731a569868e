// What stands between the tokens of CSS: spaces and comments.

import { isSpaceCode } from './escapes.ts';

const SLASH = 0x2f;
const STAR = 0x2a;
/** Of more spaces in a row the rest counts as another gap. */
const SPACES_MAX = 64 * 1024;

export function afterComment(text: string, at: number): number {
  const end = text.indexOf('*/', at + 2);
  return end < 0 ? text.length : end + 2;
}

export function afterSpaces(text: string, from: number): number {
  let at = from;
  while (isSpaceCode(text.charCodeAt(at)) && at - from <= SPACES_MAX) at += 1;
  return at;
}

/** The place after spaces and comments. */
export function afterGaps(text: string, from: number): number {
  let at = afterSpaces(text, from);
  while (text.charCodeAt(at) === SLASH && text.charCodeAt(at + 1) === STAR)
    at = afterSpaces(text, afterComment(text, at));
  return at;
}
