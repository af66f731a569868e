// What may make a finished crawl fail: `--fail-on broken,5xx`.

import { ERROR_CODES, UsageError } from '../base/errors.ts';
import { isAmong, STATUSES, wordsOf } from './accepted.ts';
import type { Report } from './report.ts';

/** What a report is held against: `broken`, `bad-url`, `sitemap`, `failed`, a class of statuses (`4xx`), a status or an error code. */
export type Condition = string;

const WORDS: readonly string[] = ['broken', 'bad-url', 'sitemap', 'failed'];

/** @throws UsageError that names what is no condition. */
export function conditionsOf(given: readonly string[]): readonly Condition[] {
  const words = wordsOf(given);
  for (const word of words) {
    if (WORDS.includes(word) || STATUSES.test(word) || (ERROR_CODES as readonly string[]).includes(word)) continue;
    throw new UsageError(
      `--fail-on: ${JSON.stringify(word)} is none of broken, bad-url, sitemap, failed, 4xx, 5xx, a status like 404, or an error code like reset.`,
    );
  }
  return words;
}

/** The conditions that hold, each with how many URLs it is about. */
export function heldAgainst(report: Report, conditions: readonly Condition[]): [condition: Condition, urls: number][] {
  return conditions
    .map((condition): [Condition, number] => [condition, countOf(report, condition)])
    .filter(([, urls]) => urls > 0);
}

function countOf(report: Report, condition: Condition): number {
  const { accepted, broken, badLinks, sitemaps, summary, statuses, errors, redirects } = report;
  if (condition === 'broken') return broken.total;
  if (condition === 'bad-url') return badLinks.total;
  if (condition === 'sitemap') return sitemaps.total;
  if (condition === 'failed') return summary.urls.failed;
  // A circle is seen only when its redirects are put together: each of them was answered well.
  if (condition === 'redirect-loop') return (errors[condition] ?? 0) + redirects.inLoops;
  if (!condition.endsWith('xx')) return statuses[condition] ?? errors[condition] ?? 0;
  // What is accepted counts only where it is named itself.
  const ofClass = Object.entries(statuses).filter(
    ([status]) => status[0] === condition[0] && !isAmong(status, accepted),
  );
  return ofClass.reduce((sum, [, urls]) => sum + urls, 0);
}
