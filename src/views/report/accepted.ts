// Which statuses are right for a site though they are errors to everybody else: `--accept 403,999`.

import { UsageError } from '../../base/errors.ts';

/** A status, or a class of them. Servers make up their own, above 599 too. */
export const STATUSES = /^[1-9](?:\d\d|xx)$/;

/** @throws UsageError that names what is no status. */
export function acceptedOf(given: readonly string[]): readonly string[] {
  const words = wordsOf(given);
  const wrong = words.find((word) => !STATUSES.test(word));
  if (wrong === undefined) return words;
  throw new UsageError(`--accept: ${JSON.stringify(wrong)} is neither a status like 403 nor a class of them like 4xx.`);
}

/** The words of comma-separated lists, each once. */
export function wordsOf(given: readonly string[]): readonly string[] {
  return [...new Set(given.flatMap((list) => list.split(',')).map((word) => word.trim()))];
}

/** Whether a status is one of those, or of their classes. */
export function isAmong(status: number | string, statuses: readonly string[]): boolean {
  return statuses.includes(String(status)) || statuses.includes(`${String(status)[0]}xx`);
}
