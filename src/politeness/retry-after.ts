// Retry-After: seconds or a date (RFC 9110, section 10.2.3), and what servers write instead.

import { headerAll, headerOf } from '../base/headers.ts';
import type { RawHeaders } from '../base/outcome.ts';

/** Quotes as programs write them: escaped ones, and the octets of typographic ones too. */
const QUOTES = String.raw`(?:["'\\\s]|\xe2\x80[\x98-\x9f])*`;
/**
 * A number at the beginning, quoted or not, as programs write it. It is not part of a date in another format:
 * `26/Nov/2026`, `26 November`, `20261126T1201`, nor a number of another base.
 */
const NUMBER = new RegExp(
  String.raw`^${QUOTES}\+?((?:\d+(?:\.\d*)?|\.\d+)(?:e\+?\d{1,2}(?!\d))?)(?!\d|[-/.:]\d+[-/.:]\d|[-.:]\d|[tw]\d|x[\da-f]|(?:st|nd|rd|th)?[-/.\s]+(?:[a-z]+[-/.,\s]+\d{4}|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)))`,
  'i',
);
/**
 * Two numbers, from the least to the most, with a hyphen or the octets of a dash. A year and a month are no such
 * numbers.
 */
const RANGE = new RegExp(String.raw`^${QUOTES}(?!\d{4}-)\d+\s*(?:-|\xe2\x80\x93)\s*(?=\d+(?!\d*[-:/\d]))`);
/** A number and the unit behind it; others may follow, as in `1h30m`. */
const PART =
  /(?:["'\\\s&]|and\b|\xe2\x80[\x98-\x9f])*\+?(\d+(?:\.\d*)?|\.\d+)\s*(milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w|months?)(?![a-z])\.?/iy;
/** The seconds of a unit by its first letters. */
const UNITS: readonly (readonly [prefix: string, seconds: number])[] = [
  ['ms', 0.001],
  ['milli', 0.001],
  ['s', 1],
  ['mo', 2_592_000],
  ['m', 60],
  ['h', 3_600],
  ['d', 86_400],
  ['w', 604_800],
];
/** What a proxy puts between fields that it joins. The comma of a date stands behind the name of a day or a month. */
const JOINED =
  /(?<!\b(?:(?:mon|tue|wed|thu|fri|sat|sun)(?:[a-z]*day)?|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:uary|ruary|ch|il|[ey]|ust|(?:t?em|o)ber)?)),/i;
/**
 * The three date formats of HTTP (RFC 9110, section 5.6.7), also in other letter case, with other spaces, or with the
 * other name of the same zone.
 */
const DATES: readonly RegExp[] = [
  /^[a-z]{3,9}, ?(?<day>\d{1,2})[- ](?<month>[a-z]{3})[- ](?<year>\d{4}|\d\d) (?<time>\d\d:\d\d:\d\d) (?:GMT|UTC|[+-]0000)$/i,
  /^[a-z]{3} (?<month>[a-z]{3}) (?<day>\d{1,2}) (?<time>\d\d:\d\d:\d\d) (?<year>\d{4})$/i,
];

/**
 * How long the server wants us to wait, by the longest time that it names; null if it names no readable one. A date is
 * compared with the server's own Date header or, without one, with `wall`.
 */
export function retryAfterMs(headers: RawHeaders, wall: number): number | null {
  const values = headerAll(headers, 'retry-after').flatMap((value) => value.split(JOINED));
  const waits = values.map((value) => waitOf(value.trim(), headers, wall));
  const readable = waits.filter((wait) => wait !== null);
  return readable.length === 0 ? null : Math.max(...readable);
}

function waitOf(value: string, headers: RawHeaders, wall: number): number | null {
  const seconds = secondsOf(value.replace(RANGE, ''));
  if (seconds !== null) return seconds * 1000;
  const date = httpDate(unquoted(value));
  return date === null ? null : date - (httpDate(headerOf(headers, 'date')?.trim() ?? '') ?? wall);
}

function secondsOf(value: string): number | null {
  const number = NUMBER.exec(value)?.[1];
  if (number === undefined) return null;
  let seconds: number | null = null;
  PART.lastIndex = 0;
  for (let part = PART.exec(value); part !== null; part = PART.exec(value)) {
    const unit = part[2]!.toLowerCase();
    seconds = (seconds ?? 0) + Number(part[1]) * UNITS.find(([prefix]) => unit.startsWith(prefix))![1];
  }
  // Without a unit it is seconds.
  return Math.ceil(seconds ?? Number(number));
}

/** An expression would try every way to divide the blanks of a long value among its parts. */
function unquoted(value: string): string {
  const [quote = ''] = value;
  const isQuoted = value.length > 1 && (quote === '"' || quote === "'") && value.endsWith(quote);
  return isQuoted ? value.slice(1, -1).trim() : value;
}

function httpDate(value: string): number | null {
  const written = value.replace(/\s+/g, ' ');
  const date = DATES.map((form) => form.exec(written)?.groups).find((groups) => groups !== undefined);
  if (date === undefined) return null;
  // The format without a zone is in GMT too.
  const time = Date.parse(`${date['day']} ${date['month']} ${date['year']} ${date['time']} GMT`);
  return Number.isNaN(time) ? null : time;
}
