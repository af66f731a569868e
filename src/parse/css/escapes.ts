// Characters and escapes of CSS (CSS Syntax Level 3, sections 3.3, 4.2 and 4.3.7).

import { URL_LENGTH_MAX } from '../../base/limits.ts';

const BACKSLASH = 0x5c;
const DASH = 0x2d;
const GREATER = 0x3e;
const CR = 0x0d;
const LF = 0x0a;
/** A longer name is that of no function and of no rule that matters. */
export const NAME_LENGTH_MAX = 64;
const HEX_DIGITS_MAX = 6;
const NAME_READ_LENGTH_MAX = 64 * 1024;
const CODE_POINT_MAX = 0x10ffff;
const REPLACEMENT = '\ufffd';

export function isNewline(code: number): boolean {
  return code === LF || code === CR || code === 0x0c;
}

export function isSpaceCode(code: number): boolean {
  return code === 0x20 || code === 0x09 || isNewline(code);
}

/** Whether a character may stand in a name. NUL is read as the replacement character, which may. */
export function isIdent(code: number): boolean {
  const lower = code | 0x20;
  return (
    (lower >= 0x61 && lower <= 0x7a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2d ||
    code === 0x5f ||
    code > 127 ||
    code === 0
  );
}

/** Goes back over the characters of a name, but not beyond `most`, nor further than the names of functions are long. */
export function nameStart(text: string, from: number, most: number): number {
  const least = Math.max(0, most, from - NAME_LENGTH_MAX - 1);
  let start = from;
  while (start > least && isIdent(text.charCodeAt(start - 1))) start -= 1;
  // The mark of an HTML comment is a token of its own and not part of a name.
  return start - 2 >= Math.max(0, most) && text.startsWith('<!--', start - 2) ? start + 2 : start;
}

/** Where the name that begins at `from` ends (section 4.3.9); `from` itself if no name begins there. */
export function nameEnd(text: string, from: number): number {
  return startsName(text, from) ? restOfName(text, from) : from;
}

function startsName(text: string, from: number): boolean {
  const code = text.charCodeAt(from);
  if (code === DASH && text.charCodeAt(from + 1) === DASH) return text.charCodeAt(from + 2) !== GREATER;
  if (code === DASH) return startsName(text, from + 1);
  if (code === BACKSLASH) return !isNewline(text.charCodeAt(from + 1));
  return isIdent(code) && !(code >= 0x30 && code <= 0x39);
}

/** Of a very long name only the beginning: what follows it matters to nobody. */
function restOfName(text: string, from: number): number {
  const until = Math.min(text.length, from + NAME_READ_LENGTH_MAX);
  let at = from;
  while (at < until) {
    const code = text.charCodeAt(at);
    if (isIdent(code)) at += 1;
    else if (code === BACKSLASH && !isNewline(text.charCodeAt(at + 1))) at = escapeEnd(text, at);
    else break;
  }
  return at;
}

/**
 * The place after the escape whose backslash stands at `at`: up to six hexadecimal digits and one space, or any one
 * character.
 */
export function escapeEnd(text: string, at: number): number {
  let end = at + 1;
  while (end - at <= HEX_DIGITS_MAX && isHex(text.charCodeAt(end))) end += 1;
  if (end === at + 1) return Math.min(text.length, end + ((text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1));
  if (text.charCodeAt(end) === CR && text.charCodeAt(end + 1) === LF) return end + 2;
  return isSpaceCode(text.charCodeAt(end)) ? end + 1 : end;
}

/**
 * The meaning of a name, a string or a URL, given without its quotes or brackets. A backslash at the end of the style
 * sheet is nothing in a string and a replacement character elsewhere.
 */
export function unescaped(raw: string, isString = false): string {
  const clean = raw.includes('\0') ? raw.replaceAll('\0', REPLACEMENT) : raw;
  let text = '';
  let from = 0;
  // Beyond the length of any URL the rest stays as written: it may be millions of escapes.
  for (let at = clean.indexOf('\\'); at >= 0 && text.length <= URL_LENGTH_MAX; at = clean.indexOf('\\', from)) {
    text += clean.slice(from, at);
    if (isNewline(clean.charCodeAt(at + 1))) {
      // Only in a string may a line end be escaped: the string goes on in the next line.
      from = afterNewline(clean, at + 1);
    } else {
      from = escapeEnd(clean, at);
      text += meaningOf(clean.slice(at + 1, from), isString);
    }
  }
  return text + clean.slice(from);
}

/** The meaning of what follows a backslash. */
function meaningOf(escaped: string, isString: boolean): string {
  if (escaped === '') return isString ? '' : REPLACEMENT;
  return isHex(escaped.charCodeAt(0)) ? ofCodePoint(Number.parseInt(escaped, 16)) : escaped;
}

/** The place after a line end, which may be two characters. */
export function afterNewline(text: string, at: number): number {
  return text.charCodeAt(at) === CR && text.charCodeAt(at + 1) === LF ? at + 2 : at + 1;
}

function ofCodePoint(code: number): string {
  const isScalar = code > 0 && code <= CODE_POINT_MAX && (code < 0xd800 || code > 0xdfff);
  return isScalar ? String.fromCodePoint(code) : REPLACEMENT;
}

function isHex(code: number): boolean {
  const lower = code | 0x20;
  return (code >= 0x30 && code <= 0x39) || (lower >= 0x61 && lower <= 0x66);
}
