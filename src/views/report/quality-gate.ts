// The conditions under which a finished crawl fails: `--fail-on broken,5xx`.

import type { Ledger, Row } from '../../base/contracts.ts';
import { ERROR_CODES, UsageError } from '../../base/errors.ts';
import { GATE_URLS_LISTED_MAX } from '../../base/limits.ts';
import { isAmong, STATUSES, wordsOf } from './accepted.ts';
import { wordFor } from './bad-sitemaps.ts';
import type { Report } from './report.ts';

/**
 * A condition on a report: `broken`, `bad-url`, `sitemap`, `failed`, a class of statuses (`4xx`), a status or an error
 * code.
 */
export type Condition = string;

const WORDS: readonly string[] = ['broken', 'bad-url', 'sitemap', 'failed'];

/** @throws UsageError that names the invalid condition. */
export function conditionsOf(given: readonly string[]): readonly Condition[] {
  const words = wordsOf(given);
  for (const word of words) {
    if (isCondition(word) || (ERROR_CODES as readonly string[]).includes(word)) continue;
    throw new UsageError(
      `--fail-on: ${JSON.stringify(word)} is not one of broken, bad-url, sitemap, failed, 4xx, 5xx, a status like 404, or an error code like reset.`,
    );
  }
  return words;
}

/** Whether it is a condition and not an error code. Some of those are words that hosts are named by too. */
export function isCondition(word: string): boolean {
  return WORDS.includes(word) || STATUSES.test(word);
}

/**
 * The result of checking a report against conditions. `report --json` and `crawl --json` contain it if there are
 * conditions.
 */
export interface Verdict {
  readonly passed: boolean;
  readonly failOn: readonly Condition[];
  /** The conditions that are met, so that the crawl fails. */
  readonly failed: readonly FailedCondition[];
}

export interface FailedCondition {
  readonly condition: Condition;
  readonly total: number;
  /** At most a thousand. */
  readonly urls: readonly Culprit[];
}

export interface Culprit {
  /** The URL, or the text of a link that cannot become a URL. */
  readonly url: string;
  /** A status, an error code, or what is wrong with a sitemap. */
  readonly why: string;
}

/**
 * `ledger` is the one that the report was made from. It is read for the URLs if the report contains only their number.
 */
export async function verdictOf(
  report: Report,
  ledger: Pick<Ledger, 'rows'>,
  conditions: readonly Condition[],
): Promise<Verdict> {
  const held = heldAgainst(report, conditions);
  const found = new Map(held.map(([condition]) => [condition, listedIn(report, condition)]));
  const counted = held.map(([condition]) => condition).filter((condition) => !LISTED.has(condition));
  if (counted.length > 0) {
    const judge = (row: Row): void => {
      for (const condition of counted) {
        const culprits = found.get(condition)!;
        const why = culprits.length < GATE_URLS_LISTED_MAX ? whyHeld(row, condition, report.accepted) : null;
        if (why !== null) culprits.push({ url: row.url, why });
      }
    };
    for await (const rows of ledger.rows.all()) rows.forEach(judge);
  }
  const failed = held.map(([condition, total]) => ({ condition, total, urls: found.get(condition)! }));
  return { passed: failed.length === 0, failOn: conditions, failed };
}

/** The conditions whose URLs are listed in the report. */
const LISTED: ReadonlySet<Condition> = new Set(['broken', 'bad-url', 'sitemap']);

function listedIn({ broken, badLinks, sitemaps, redirects }: Report, condition: Condition): Culprit[] {
  const whyOf = ({ status, error }: { readonly status: number | null; readonly error: string | null }): string =>
    error ?? String(status);
  if (condition === 'broken') return broken.urls.map((one) => ({ url: one.url, why: whyOf(one) }));
  if (condition === 'bad-url') return badLinks.hrefs.map(({ href }) => ({ url: href, why: 'no URL' }));
  if (condition === 'sitemap') return sitemaps.urls.map((one) => ({ url: one.url, why: wordFor(one) }));
  if (condition !== 'redirect-loop') return [];
  // The last URL of a loop repeats its first.
  const urls = redirects.loops.flatMap((loop) => loop.urls.slice(0, -1));
  return urls.slice(0, GATE_URLS_LISTED_MAX).map((url) => ({ url, why: condition }));
}

function whyHeld({ state, status, error }: Row, condition: Condition, accepted: readonly string[]): string | null {
  if (condition === 'failed') return state === 'failed' ? (error ?? 'failed') : null;
  if (error === condition) return error;
  if (status === null || status === 0) return null;
  const isIt = condition.endsWith('xx')
    ? isAmong(status, [condition]) && !isAmong(status, accepted)
    : String(status) === condition;
  return isIt ? String(status) : null;
}

/** The conditions that are met, each with its number of URLs. */
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
  // A loop is visible only when redirects are followed, because each single redirect was a good response.
  if (condition === 'redirect-loop') return (errors[condition] ?? 0) + redirects.inLoops;
  if (!condition.endsWith('xx')) return statuses[condition] ?? errors[condition] ?? 0;
  // An accepted status does not count for its class; it counts only if it is named itself.
  const ofClass = Object.entries(statuses).filter(
    ([status]) => status[0] === condition[0] && !isAmong(status, accepted),
  );
  return ofClass.reduce((sum, [, urls]) => sum + urls, 0);
}
