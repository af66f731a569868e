// Checks values from the database. A stranger may have made it, or it may be damaged, and then it holds what no crawl
// writes: codes without a word, invalid numbers, truncated lists. The reader gets one clear message, not an error of
// some code that fails on the value.

const COUNT_MAX = 2 ** 31 - 1;
/** The last millisecond of a Date (ECMA-262, section 21.4.1.1). */
export const TIME_MAX = 8.64e15;

type Int = number | null;

/** Throws if a count is negative, not a number or too large. */
export function assertCounts(what: string, ...counts: readonly Int[]): void {
  for (const count of counts)
    if (count !== null && !(count >= 0 && count <= COUNT_MAX))
      throw new Error(`store: ${what} has a count of ${count}`);
}

/** Throws if a number is not one that JavaScript has exactly. */
export function assertNumbers(what: string, cells: readonly unknown[]): void {
  for (const cell of cells)
    if (typeof cell === 'number' && !Number.isSafeInteger(cell))
      throw new Error(`store: ${what} has a number of ${cell}`);
}

/** Throws if a time is outside the range of a Date. */
export function assertTimes(what: string, ...times: readonly Int[]): void {
  for (const time of times)
    if (time !== null && !(Math.abs(time) <= TIME_MAX)) throw new Error(`store: ${what} has a time of ${time}`);
}

/** Throws if it is not a fragment with its `#`. */
export function assertFragment(what: string, fragment: string | null): void {
  if (fragment !== null && !fragment.startsWith('#'))
    throw new Error(`store: ${what} has ${JSON.stringify(fragment.slice(0, 100))} for a fragment`);
}

/** Throws if it is not a URL. */
export function assertUrl(what: string, url: string | null): void {
  if (url !== null && !URL.canParse(url))
    throw new Error(`store: ${what} has ${JSON.stringify(url.slice(0, 100))} for a URL`);
}
