// Retry-After: seconds or a date (RFC 9110, section 10.2.3), and what servers write in their place.

import { headerOf } from '../base/headers.ts';
import type { RawHeaders } from '../base/outcome.ts';

/** A number at the beginning, quoted or not; no part of a date that is written in another way. */
const NUMBER = /^["'\s]*(\d+(?:\.\d+)?)(?![-/:.]?\d|\s+[a-z]+\s+\d)/i;
/** The three forms of a date in HTTP (RFC 9110, section 5.6.7). */
const DATES: readonly RegExp[] = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

/**
 * How long a server wants us to wait; null where it names no time that can be read. A date is compared with the server's own clock, where it
 * tells what that is, and otherwise with `wall`.
 */
export function retryAfterMs(headers: RawHeaders, wall: number): number | null {
  const value = headerOf(headers, 'retry-after')?.trim() ?? '';
  const number = NUMBER.exec(value)?.[1];
  if (number !== undefined) return Math.ceil(Number(number)) * 1000;
  const date = httpDate(value);
  return date === null ? null : date - (httpDate(headerOf(headers, 'date')?.trim() ?? '') ?? wall);
}

function httpDate(value: string): number | null {
  if (!DATES.some((form) => form.test(value))) return null;
  // The form without a zone is in GMT too.
  const date = Date.parse(value.endsWith('GMT') ? value : `${value} GMT`);
  return Number.isNaN(date) ? null : date;
}
