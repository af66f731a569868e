// The segments of a path: which of them are tokens, which are alike but for their numbers, and which occur twice.

import { HASH_START, hashByte } from '../base/fingerprint.ts';

const NUMBERS = /\d+/g;
/** Letters and digits in turns, or hexadecimal digits: nobody names a page like this. */
const TOKEN =
  /^(?:[a-z]{1,8}[-_.=])?\W?(?:\w\()?(?:(?=[\da-z]*\d[a-z]+\d)[\da-z]{8,}|(?=[\da-f-]*\d)(?=[\d-]*[a-f])[\da-f-]{12,})\)*$/i;
/** Letters alone, with five consonants in a row: no word of that length has them. */
const TOKEN_OF_LETTERS = /^(?=[a-z]{16,}$)[a-z]*[bcdfghjklmnpqrstvwxz]{5}/i;
/** Capitals and small letters in turns, with digits among them, as in base64. */
const TOKEN_OF_CASES = /^(?=[\w-]{16,}={0,2}$)(?:[^a-z]*[a-z]+[^a-zA-Z]*[A-Z]){3}/;
const TOKEN_LENGTH_MIN = 8;
const TOKEN_OF_LETTERS_LENGTH_MIN = 16;
const TOKEN_LENGTH_MAX = 512;
/** Escapes of ASCII characters that are neither letters nor digits. */
const ESCAPED_SEPARATOR = /%(?:2[\da-f]|3[a-f]|40|5[b-f]|60|7[b-f])/gi;
export const ONLY_NUMBERS = /^(?:kw)?[\d._-]*(?:[wq]\d+)?$/i;

const TOKEN_KIND = hashByte(HASH_START, 0x2a);

export function isToken(segment: string): boolean {
  const { length } = segment;
  if (length < TOKEN_LENGTH_MIN || length > TOKEN_LENGTH_MAX) return false;
  return hasDigit(segment) ? TOKEN.test(segment) || TOKEN_OF_CASES.test(segment) : TOKEN_OF_LETTERS.test(segment);
}

/** Words and numbers that stand between escapes, without the digits of these. */
export function withoutEscapes(url: string, separator: string): string {
  return url.includes('%') ? url.replace(ESCAPED_SEPARATOR, separator) : url;
}

export function withoutNumbers(text: string): string {
  return hasDigit(text) ? text.replace(NUMBERS, '#') : text;
}

export function templateOf(segment: string): string {
  return isToken(segment) ? '*' : withoutNumbers(segment);
}

/** Of more than three similar segments in a row, three are kept: a path may grow without end. */
export function withoutRuns<Kind>(kinds: readonly Kind[]): readonly Kind[] {
  const isKept = (kind: Kind, at: number): boolean =>
    at < 3 || kind !== kinds[at - 1] || kind !== kinds[at - 2] || kind !== kinds[at - 3];
  return kinds.length < 4 ? kinds : kinds.filter(isKept);
}

/** Paths with more segments than this may repeat, as far as `kindsOf` can tell. */
const COMPARED_SEGMENTS_MAX = 16;

interface Kinds {
  readonly kinds: number[];
  readonly hasDigit: boolean;
  readonly hasOdd: boolean;
  readonly mayRepeat: boolean;
}

/** Reads the characters of a path once. */
export function kindsOf(url: string, from: number, end: number): Kinds {
  const kinds: number[] = [];
  const exact: number[] = [];
  let begun = from;
  let kind = HASH_START;
  let whole = HASH_START;
  let hasDigit = false;
  let hasDigitHere = false;
  let isDigitBefore = false;
  let hasOdd = false;
  let mayRepeat = false;
  for (let at = from; at <= end; at += 1) {
    const code = at === end ? SLASH : url.charCodeAt(at);
    if (code === SLASH) {
      const tokenLengthMin = hasDigitHere ? TOKEN_LENGTH_MIN : TOKEN_OF_LETTERS_LENGTH_MIN;
      const isTokenHere = at - begun >= tokenLengthMin && isToken(url.slice(begun, at));
      kinds.push(isTokenHere ? TOKEN_KIND : kind);
      hasOdd ||= isTokenHere;
      mayRepeat ||= exact.length === COMPARED_SEGMENTS_MAX || exact.includes(whole);
      if (exact.length < COMPARED_SEGMENTS_MAX) exact.push(whole);
      begun = at + 1;
      kind = HASH_START;
      whole = HASH_START;
      hasDigitHere = false;
      isDigitBefore = false;
      continue;
    }
    const isDigit = code >= 0x30 && code <= 0x39;
    whole = hashByte(whole, code);
    if (!isDigit) kind = hashByte(kind, code);
    else if (!isDigitBefore) kind = hashByte(kind, NUMBER_SIGN);
    isDigitBefore = isDigit;
    hasDigitHere ||= isDigit;
    hasDigit ||= isDigit;
    hasOdd ||= code === SEMICOLON;
  }
  return { kinds, hasDigit, hasOdd, mayRepeat };
}

const SLASH = 0x2f;
const NUMBER_SIGN = 0x23;
const SEMICOLON = 0x3b;

/** Whether a segment that is not a number occurs twice. */
export function repeats(segments: readonly string[]): boolean {
  if (segments.length > 16) return new Set(segments).size < segments.length;
  for (let at = 1; at < segments.length; at += 1) {
    const segment = segments[at]!;
    const first = segments.indexOf(segment);
    if (first < at && segment !== '' && !ONLY_NUMBERS.test(segment)) return true;
  }
  return false;
}

function hasDigit(text: string): boolean {
  return hasDigitIn(text, 0);
}

export function hasDigitIn(text: string, from: number): boolean {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0x30 && code <= 0x39) return true;
  }
  return false;
}
