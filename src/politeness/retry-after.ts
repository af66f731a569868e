// Retry-After: seconds or a date (RFC 9110, section 10.2.3), and what servers write instead.

import { headerAll, headerOf } from '../base/headers.ts';
import type { RawHeaders } from '../base/outcome.ts';

/** A number at the beginning, quoted or not, that is not part of a date in another format. */
const NUMBER = /^["'\s]*(\d+(?:\.\d+)?)(?![-/:.]?\d|\s+[a-z]+\s+\d{4})/i;
/** A unit behind the number; without one it is seconds. */
const UNIT = /^["'\s]*[\d.]+\s*(?:(m|mins?|minutes?)|(h|hrs?|hours?)|(d|days?))(?![a-z])/i;
/** The three date formats of HTTP (RFC 9110, section 5.6.7). */
const DATES: readonly RegExp[] = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

/**
 * How long the server wants us to wait, by the longest time that it names; null if it names no readable one. A date is
 * compared with the server's own Date header or, without one, with `wall`.
 */
export function retryAfterMs(headers: RawHeaders, wall: number): number | null {
  const waits = headerAll(headers, 'retry-after').map((value) => waitOf(value.trim(), headers, wall));
  const readable = waits.filter((wait) => wait !== null);
  return readable.length === 0 ? null : Math.max(...readable);
}

function waitOf(value: string, headers: RawHeaders, wall: number): number | null {
  // A proxy may have joined several fields.
  const numbers = value.split(',').map(secondsOf);
  if (numbers[0] !== null) return Math.max(...numbers.map((seconds) => seconds ?? 0)) * 1000;
  const date = httpDate(value);
  return date === null ? null : date - (httpDate(headerOf(headers, 'date')?.trim() ?? '') ?? wall);
}

function secondsOf(value: string): number | null {
  const number = NUMBER.exec(value)?.[1];
  if (number === undefined) return null;
  const [, minutes, hours, days] = UNIT.exec(value) ?? [];
  const unit = minutes !== undefined ? 60 : hours !== undefined ? 3_600 : days !== undefined ? 86_400 : 1;
  return Math.ceil(Number(number) * unit);
}

function httpDate(value: string): number | null {
  if (!DATES.some((form) => form.test(value))) return null;
  // The format without a zone is in GMT too.
  const date = Date.parse(value.endsWith('GMT') ? value : `${value} GMT`);
  return Number.isNaN(date) ? null : date;
}
