// What may make a finished crawl fail: `--fail-on broken,5xx`.

import { ERROR_CODES, UsageError } from '../base/errors.ts';
import type { Report } from './report.ts';

/** What a report is held against: `broken`, `failed`, `4xx`, `5xx`, a status or an error code. */
export type Condition = string;

const STATUS_CLASS = /^[1-5]xx$/;
const STATUS = /^[1-5]\d\d$/;
const WORDS: readonly string[] = ['broken', 'failed'];

/** @throws UsageError that names what is no condition. */
export function conditionsOf(given: readonly string[]): readonly Condition[] {
  const words = given.flatMap((list) => list.split(',')).map((word) => word.trim());
  for (const word of words) {
    if (WORDS.includes(word) || STATUS_CLASS.test(word) || STATUS.test(word)) continue;
    if ((ERROR_CODES as readonly string[]).includes(word)) continue;
    throw new UsageError(
      `--fail-on: ${JSON.stringify(word)} is none of broken, failed, 4xx, 5xx, a status like 404, or an error code like reset.`,
    );
  }
  return [...new Set(words)];
}

/** The conditions that hold, each with how many URLs it is about. */
export function heldAgainst(report: Report, conditions: readonly Condition[]): [condition: Condition, urls: number][] {
  return conditions
    .map((condition): [Condition, number] => [condition, countOf(report, condition)])
    .filter(([, urls]) => urls > 0);
}

function countOf({ broken, summary, statuses, errors }: Report, condition: Condition): number {
  if (condition === 'broken') return broken.total;
  if (condition === 'failed') return summary.urls.failed;
  if (STATUS_CLASS.test(condition)) {
    const ofClass = Object.entries(statuses).filter(([status]) => status[0] === condition[0]);
    return ofClass.reduce((sum, [, urls]) => sum + urls, 0);
  }
  return statuses[condition] ?? errors[condition] ?? 0;
}
