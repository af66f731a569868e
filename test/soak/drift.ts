// Judges a soak: what it measured each minute must not grow while the job goes on.

/** What was measured in one minute. */
export interface Minute {
  readonly pages: number;
  /** The median time that a group took. It is told and not judged, because the machine has other work too. */
  readonly groupMs: number;
  /** The processor time of the server for each page, whatever else it did in the minute. */
  readonly serverMs: number;
  /** The bytes of each table that is changed all the time, with its indexes. */
  readonly churned: Readonly<Record<string, number>>;
  /** The bytes of all tables to which rows are only added. */
  readonly added: number;
  /** The age of the oldest transaction that was open at the end of the minute. */
  readonly oldestMs: number;
}

/** A table may grow by this much: some pages in each part, and room that the next vacuum gives back. */
const GROWTH_MAX = 1.25;
const GROWTH_BYTES = 512 * 1024;
/** Other work on the machine takes caches away. */
const DEARER_MAX = 1.5;
const RATE_MIN = 0.9;
const TRANSACTION_MS_MAX = 5_000;
/** With fewer minutes there is no first and last quarter to compare. */
export const MINUTES_MIN = 4;

/** What has drifted, one sentence each. It compares the second quarter, when all is warm, with the last one. */
export function driftOf(minutes: readonly Minute[]): string[] {
  const quarter = Math.floor(minutes.length / 4);
  if (quarter === 0) return [`there are ${minutes.length} minutes, and ${MINUTES_MIN} are needed`];
  const early = minutes.slice(quarter, 2 * quarter);
  const late = minutes.slice(-quarter);
  const drifted: string[] = [];
  const compare = (what: string, before: number, after: number, most: number, slack = 0): void => {
    if (after > before * most + slack) drifted.push(`${what} went from ${Math.round(before)} to ${Math.round(after)}`);
  };
  for (const table of Object.keys(minutes[0]!.churned)) {
    const largest = (some: readonly Minute[]): number => Math.max(...some.map(({ churned }) => churned[table]!));
    compare(`the size of ${table}`, largest(early), largest(late), GROWTH_MAX, GROWTH_BYTES);
  }
  compare('the processor time of the server for a page, in microseconds,', cost(early), cost(late), DEARER_MAX);
  const [before, after] = [pagesOf(early), pagesOf(late)];
  if (after < before * RATE_MIN) drifted.push(`the pages of a quarter went from ${before} to ${after}`);
  compare('the bytes that a page adds', bytesAPage(minutes, early), bytesAPage(minutes, late), GROWTH_MAX);
  const oldest = Math.max(...minutes.map(({ oldestMs }) => oldestMs));
  if (oldest > TRANSACTION_MS_MAX) drifted.push(`a transaction was open for ${Math.round(oldest)} ms`);
  return drifted;
}

/** The median over the minutes, in microseconds. */
function cost(minutes: readonly Minute[]): number {
  const sorted = minutes.map(({ serverMs }) => serverMs * 1_000).sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)]!;
}

function pagesOf(minutes: readonly Minute[]): number {
  return minutes.reduce((sum, { pages }) => sum + pages, 0);
}

/** How much the tables have grown for each page from before these minutes to their end. */
function bytesAPage(minutes: readonly Minute[], some: readonly Minute[]): number {
  const before = minutes[minutes.indexOf(some[0]!) - 1]!;
  return (some.at(-1)!.added - before.added) / pagesOf(some);
}
