// The values of --reason, --error and --status of `retry`: words of the closed lists, and families of them.

import { ERROR_CODES, type ErrorCode, SKIP_REASONS, type SkipReason, UsageError } from '../base/errors.ts';

/** A URL that was taken down is never requested again. */
const REASONS: readonly SkipReason[] = SKIP_REASONS.filter((reason) => reason !== 'removed');

/** A family contains every code that begins or ends with its word. */
const FAMILIES = ['dns', 'tls', 'http', 'redirect', 'timeout'] as const;
const ALL = 'all';

const STATUS = /^[1-9]\d\d$/;
const STATUS_CLASS = /^[1-5]xx$/;

export const REASON_WORDS: readonly string[] = REASONS;
export const ERROR_WORDS: readonly string[] = [...FAMILIES, ALL, ...ERROR_CODES];

/** For an unknown word each function throws a UsageError that lists the known ones. */
export function reasonsOf(given: readonly string[]): SkipReason[] {
  return wordsOf(given).map((word) => {
    const reason = REASONS.find((each) => each === word);
    if (reason !== undefined) return reason;
    const what =
      word === 'removed'
        ? 'stays: a URL that was taken down is never requested again. The reasons are'
        : 'is not a reason. The reasons are';
    throw new UsageError(`--reason: ${JSON.stringify(word)} ${what} ${REASONS.join(', ')}.`);
  });
}

export function errorsOf(given: readonly string[]): ErrorCode[] {
  return wordsOf(given).flatMap((word) => {
    const codes = ERROR_CODES.filter((code) => code === word || word === ALL || isOfFamily(code, word));
    if (codes.length > 0) return codes;
    throw new UsageError(
      `--error: ${JSON.stringify(word)} is not one of the errors ${ERROR_CODES.join(', ')}, and not one of the families ${[...FAMILIES, ALL].join(', ')}.`,
    );
  });
}

/** The lowest and the highest status that each word covers. */
export function statusesOf(given: readonly string[]): (readonly [lowest: number, highest: number])[] {
  return wordsOf(given).map((word) => {
    if (STATUS.test(word)) return [Number(word), Number(word)];
    if (STATUS_CLASS.test(word)) return [Number(word[0]) * 100, Number(word[0]) * 100 + 99];
    throw new UsageError(
      `--status: ${JSON.stringify(word)} is not one of 1xx, 2xx, 3xx, 4xx, 5xx, and not a status like 404.`,
    );
  });
}

function isOfFamily(code: ErrorCode, word: string): boolean {
  const isFamily = (FAMILIES as readonly string[]).includes(word);
  return isFamily && (code.startsWith(`${word}-`) || code.endsWith(`-${word}`));
}

function wordsOf(given: readonly string[]): string[] {
  return given.flatMap((list) => list.split(',')).map((word) => word.trim());
}
