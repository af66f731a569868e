// The values of options: how they are read from text, which are valid, and how messages describe them.

import { patternFault } from '../url/pattern.ts';
import { forOrigin } from './by-origin.ts';

const HOUR_MS = 3_600_000;
const DURATION_UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: HOUR_MS, d: 24 * HOUR_MS };
/** The words and units of durations, as people write them and as our own figures show them. */
const DURATION_WORDS: readonly (readonly [word: RegExp, ms: number])[] = [
  [/^(ms|msecs?|milliseconds?)$/i, 1],
  [/^(s|secs?|seconds?)$/i, 1000],
  [/^(m|mins?|minutes?)$/i, 60_000],
  [/^(h|hrs?|hours?)$/i, HOUR_MS],
  [/^(d|days?)$/i, 24 * HOUR_MS],
  [/^(w|weeks?)$/i, 7 * 24 * HOUR_MS],
];
/** `1_000` as in programs. A comma is not allowed: some read it as a thousand separator and some as a decimal point. */
const WHOLE = String.raw`\d+(?:_\d+)*`;
const AMOUNT = String.raw`(${WHOLE}(?:\.\d+)?|\.\d+)`;
const COUNT_TEXT = new RegExp(`^${WHOLE}$`);
const AMOUNT_TEXT = new RegExp(`^${AMOUNT}$`);
const DURATION_PART = new RegExp(String.raw`${AMOUNT}\s*([a-z]+)\s*`, 'gi');
const SIZE_TEXT = new RegExp(
  String.raw`^${AMOUNT}\s*(?:(?:([kmgt])(?:ib?|b)?|(k)ilobytes?|(m)egabytes?|(g)igabytes?|(t)erabytes?)|b|bytes?)?$`,
  'i',
);
const PER_SECOND = /\/\s*s(?:ec|econd)?\s*$/i;
const KB = 1024;
const BYTE_UNITS: Readonly<Record<string, number>> = { B: 1, KB, MB: KB ** 2, GB: KB ** 3, TB: KB ** 4 };
/** A header name: a token (RFC 9110, section 5.1). */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** A header value: no control characters except the tab, so that nobody can smuggle in a second header. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** These headers frame the message or the connection; only the transport may set them. */
const FRAMING_HEADERS: ReadonlySet<string> = new Set(['connection', 'content-length', 'transfer-encoding', 'upgrade']);

export type OptionValue = string | number | boolean | null | object | readonly string[] | readonly number[];

/** The kinds of values. A list grows by one entry each time its option is given. */
export type Kind =
  | { readonly is: 'number'; readonly min: number; readonly max: number }
  | { readonly is: 'duration'; readonly minMs: number; readonly maxMs: number; readonly bareUnit: 'ms' | 's' }
  /** With `isRate` the bytes of a second. */
  | { readonly is: 'bytes'; readonly min: number; readonly isRate?: true }
  | { readonly is: 'flag' }
  | { readonly is: 'choice'; readonly choices: readonly string[] }
  | { readonly is: 'text'; readonly pattern: Pick<RegExp, 'test'>; readonly expected: string }
  | { readonly is: 'patterns' }
  | { readonly is: 'headers' }
  | { readonly is: 'names' }
  | { readonly is: 'ports' }
  /** An object, as JSON on the command line. */
  | { readonly is: 'json'; readonly expected: string }
  /** Texts of one form, each written like `expected`. */
  | { readonly is: 'texts'; readonly isItem: (text: string) => boolean; readonly expected: string };

/** The value of a text; undefined if the text is not valid. */
export function readText(kind: Kind, text: string): OptionValue | undefined {
  const value = parse(kind, text);
  return value !== undefined && isValid(kind, value) ? value : undefined;
}

function parse(kind: Kind, text: string): OptionValue | undefined {
  switch (kind.is) {
    case 'number':
      return countOf(text);
    case 'duration':
      return durationMs(text.trim(), kind.bareUnit);
    case 'bytes':
      return byteCount((kind.isRate === true ? text.replace(PER_SECOND, '') : text).trim());
    case 'flag':
      return FLAG_WORDS[text.trim().toLowerCase()];
    case 'headers':
      return headerOf(text);
    case 'patterns':
    case 'names':
      return text === '' ? undefined : [text];
    case 'texts':
      return text.trim() === '' ? [] : [text];
    case 'json':
      return objectIn(text);
    case 'ports': {
      const port = countOf(text);
      return port === undefined ? undefined : [port];
    }
    default:
      return text;
  }
}

const FLAG_WORDS: Readonly<Record<string, boolean>> = {
  __proto__: null as never,
  1: true,
  true: true,
  yes: true,
  on: true,
  0: false,
  false: false,
  no: false,
  off: false,
};

function countOf(text: string): number | undefined {
  const typed = text.trim();
  return COUNT_TEXT.test(typed) ? amountOf(typed) : undefined;
}

function durationMs(text: string, bareUnit: 'ms' | 's'): number | undefined {
  if (AMOUNT_TEXT.test(text)) {
    const amount = amountOf(text);
    if (bareUnit === 's') return Math.round(amount * DURATION_UNITS_MS['s']!);
    // Nobody means a fraction of a millisecond: it was meant as seconds.
    return Number.isInteger(amount) ? amount : undefined;
  }
  let total = 0;
  const rest = text.replace(DURATION_PART, (_, amount: string, word: string) => {
    total += amountOf(amount) * (DURATION_WORDS.find(([pattern]) => pattern.test(word))?.[1] ?? Number.NaN);
    return '';
  });
  return rest === '' && text !== '' ? Math.round(total) : undefined;
}

function byteCount(text: string): number | undefined {
  const match = SIZE_TEXT.exec(text);
  if (match === null) return undefined;
  const letter = match.slice(2).find((each) => each !== undefined);
  const unit = letter === undefined ? 1 : BYTE_UNITS[`${letter.toUpperCase()}B`]!;
  return Math.round(amountOf(match[1]!) * unit);
}

/** Undefined if the text is not the JSON of an object. */
function objectIn(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function amountOf(text: string): number {
  return Number(text.replaceAll('_', ''));
}

/** The name keeps the origin that the field is for. */
function headerOf(text: string): readonly string[] | undefined {
  const { origin, value } = forOrigin(text) ?? { origin: null, value: '' };
  const colon = value.indexOf(':');
  if (colon < 1) return undefined;
  const name = value.slice(0, colon);
  return [origin === null ? name : `${origin}=${name}`, value.slice(colon + 1).trim()];
}

/** Whether a resolved value (milliseconds, bytes, lists) is valid. */
export function isValid(kind: Kind, value: unknown): boolean {
  switch (kind.is) {
    case 'number':
      return isWhole(value, kind.min, kind.max);
    case 'duration':
      return isWhole(value, kind.minMs, kind.maxMs);
    case 'bytes':
      return isWhole(value, kind.min, Number.MAX_SAFE_INTEGER);
    case 'flag':
      return typeof value === 'boolean';
    case 'choice':
      return kind.choices.includes(value as string);
    case 'text':
      return typeof value === 'string' && kind.pattern.test(value);
    case 'patterns':
      return isListOf(value, (pattern) => typeof pattern === 'string' && patternFault(pattern) === null);
    case 'headers':
      return isListOf(value, (item) => typeof item === 'string') && areHeaders(value as string[]);
    case 'names':
      return isListOf(value, (name) => typeof name === 'string' && TOKEN.test(name));
    case 'ports':
      return isListOf(value, (port) => isWhole(port, 1, 65_535));
    case 'json':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'texts':
      return isListOf(value, (item) => typeof item === 'string' && kind.isItem(item));
  }
}

function isWhole(value: unknown, min: number, max: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

function areHeaders(byTurns: readonly string[]): boolean {
  return (
    byTurns.length % 2 === 0 && byTurns.every((text, at) => (at % 2 === 0 ? isName(text) : FIELD_VALUE.test(text)))
  );
}

function isName(text: string): boolean {
  const name = forOrigin(text)?.value ?? '';
  return TOKEN.test(name) && !FRAMING_HEADERS.has(name.toLowerCase());
}

/** Describes a valid text, after "it is not ..." in a message. */
export function expectationOf(kind: Kind, text: string): string {
  switch (kind.is) {
    case 'duration': {
      const bare = kind.bareUnit === 's' ? 'seconds' : 'whole milliseconds';
      const range = `from ${showDuration(kind.minMs)} to ${showDuration(kind.maxMs)}`;
      return `a duration ${range}, written like 500ms, 30s, 1h30m or 2d; a number alone is ${bare}`;
    }
    case 'bytes':
      return kind.isRate === true
        ? 'a rate, written like 500B, 10KB/s or 1.5 MB; a number alone is bytes in a second'
        : 'a size, written like 500KB, 64 MB or 1.5GB; a number alone is bytes';
    case 'patterns':
      return `a regular expression${whyNot(text)}`;
    case 'headers':
      return "a header, written like 'Name: value' or 'ORIGIN=Name: value', on one line, and not one that frames the message";
    case 'names':
      return 'the name of a header alone, written like X-Api-Key; its value is given with --header';
    case 'ports':
      return 'a port from 1 to 65535';
    case 'texts':
      return kind.expected;
    default:
      return valueExpectationOf(kind, text);
  }
}

/** Describes a valid resolved value, for a program or a file that gave another one. */
export function valueExpectationOf(kind: Kind, value: unknown): string {
  switch (kind.is) {
    case 'number':
      return wholeNumber(kind.min, kind.max);
    case 'duration':
      return `${wholeNumber(kind.minMs, kind.maxMs)} (milliseconds)`;
    case 'bytes':
      return `${wholeNumber(kind.min, Number.MAX_SAFE_INTEGER)} (bytes)`;
    case 'flag':
      return 'true or false';
    case 'choice':
      return `one of ${kind.choices.join(', ')}`;
    case 'text':
    case 'json':
      return kind.expected;
    case 'patterns': {
      const faulty = Array.isArray(value)
        ? value.find((each) => typeof each !== 'string' || whyNot(each) !== '')
        : value;
      return `a list of regular expressions, each a RegExp or a text${typeof faulty === 'string' ? whyNot(faulty) : ''}`;
    }
    case 'headers':
      return 'a list of name, value, name, value, each on one line, without headers that frame the message';
    case 'names':
      return 'a list of names of headers, without their values';
    case 'ports':
      return 'a list of ports from 1 to 65535';
    case 'texts':
      return `a list of texts, each ${kind.expected}`;
  }
}

function wholeNumber(min: number, max: number): string {
  return max === Number.MAX_SAFE_INTEGER ? `a whole number of ${min} or more` : `a whole number from ${min} to ${max}`;
}

function whyNot(pattern: string): string {
  const fault = patternFault(pattern);
  return fault === null ? '' : ` (${fault})`;
}

/** The shortest exact way to write a duration: `1h`, `30s`, `500ms`. */
export function showDuration(ms: number): string {
  return inLargestUnit(ms, DURATION_UNITS_MS, 'ms');
}

/** The shortest exact way to write a size: `64MB`. */
export function showBytes(bytes: number): string {
  return inLargestUnit(bytes, BYTE_UNITS, 'B');
}

function inLargestUnit(amount: number, units: Readonly<Record<string, number>>, smallest: string): string {
  const fits = Object.entries(units).filter(([, size]) => amount > 0 && amount % size === 0);
  const [unit, size] = fits.at(-1) ?? [smallest, 1];
  return `${amount / size}${unit}`;
}
