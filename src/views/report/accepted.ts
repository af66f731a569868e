// The statuses that a site's owner accepts although they are errors: `--accept 403,999`.

import { UsageError } from '../../base/errors.ts';

/** A status or a class of statuses. Servers also invent statuses above 599. */
export const STATUSES = /^[1-9](?:\d\d|xx)$/;

/** @throws UsageError that names the invalid status. */
export function acceptedOf(given: readonly string[]): readonly string[] {
  const words = wordsOf(given);
  const wrong = words.find((word) => !STATUSES.test(word));
  if (wrong === undefined) return words;
  throw new UsageError(`--accept: ${JSON.stringify(wrong)} is neither a status like 403 nor a class of them like 4xx.`);
}

/** The words of lists with commas or spaces between them, in lower case, each once. An empty list is an empty word. */
export function wordsOf(given: readonly string[]): readonly string[] {
  const lists = given.map((list) =>
    list
      .toLowerCase()
      .split(/[\s,]+/)
      .filter(Boolean),
  );
  return [...new Set(lists.flatMap((words) => (words.length === 0 ? [''] : words)))];
}

/** Whether the status or its class is in the list. */
export function isAmong(status: number | string, statuses: readonly string[]): boolean {
  return statuses.includes(String(status)) || statuses.includes(`${String(status)[0]}xx`);
}
