// Calls that only the clock may make, and marks that nobody may leave behind. The marks are written in two pieces here,
// so that this file is not the first to be found.

import { findings, type Source, withoutComments } from './source.ts';

const CLOCK = 'src/base/clock.ts';
/** A browser has another clock. */
const CLOCK_OF_PAGE = 'src/page/clock.ts';
/** The line width of biome.json. */
const COLUMNS_MAX = 120;

const BANNED: readonly RegExp[] = [
  /\bDate\.now\b/,
  /\bnew Date(\(\s*\)|(?=\s*[;,)]))/,
  /\bMath\.random\b/,
  /\bperformance\.now\b/,
  /\bprocess\.hrtime\b/,
  /\b(set|clear)(Timeout|Interval)\b(?=\s*\()/,
  /'node:timers(\/promises)?'/,
];

/**
 * Who may ask what the clock on the wall says: it is for people and for what outlives a run, and it may step at any
 * moment.
 */
const WALL = /\.wall\b|\bwall\(/;
const WALL_MAY = [
  'src/serve/',
  ...[
    'src/cli/',
    'src/archive/',
    'src/store/sqlite/times.ts',
    // Servers tell in wall time how long their cookies last.
    'src/job/cookies.ts',
    'src/store/sqlite/store.ts',
    'src/store/sqlite/copy-target.ts',
    'src/store/postgres/copy-source.ts',
    'src/job/job.ts',
    'src/job/run.ts',
    'src/job/log.ts',
  ],
  ...[
    'src/job/takedown.ts',
    'src/job/retry.ts',
    'src/fetch/fetch.ts',
    'src/fetch/dispatch.ts',
    'src/fetch/exchange.ts',
    'src/fetch/guard.ts',
    'src/fetch/limits.ts',
    // A signature says until when it is valid.
    'src/fetch/signature/layer.ts',
  ],
];

const MARKS = new RegExp(`\\b(${['TO-DO', 'FIX-ME', 'XX-X', 'HA-CK'].join('|').replaceAll('-', '')})\\b`);
const LEFT_OUT = /\b(test|it|describe|suite)\.(only|skip|todo)\(|\b(only|skip|todo): true\b|\.skip\(\s*\)/;

/** Time, timers and random numbers that do not come from the clock. */
export function bannedCalls(sources: readonly Source[]): string[] {
  return sources

    .filter(({ path }) => path !== CLOCK && path !== CLOCK_OF_PAGE)
    .flatMap(({ path, text }) =>
      BANNED.flatMap((pattern) =>
        findings(path, withoutComments(text), pattern, `only ${CLOCK} may; take the clock that you are handed`),
      ),
    );
}

/** Wall time where only steady time is useful. */
export function wallTimes(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => path !== CLOCK && !path.endsWith('.test.ts') && !WALL_MAY.some((may) => path.startsWith(may)))
    .flatMap(({ path, text }) =>
      findings(path, withoutComments(text), WALL, 'compare steady times, see base/clock.ts'),
    );
}

/** Marks of unfinished work, anywhere; tests that are left out without saying why, or that leave the others out. */
export function forgottenMarks(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, text }) => [
    ...findings(path, text, MARKS, 'finish it, or say it in an issue'),
    ...findings(path, withoutComments(text), LEFT_OUT, 'run it, or say the reason as in { skip: reason }'),
  ]);
}

/** Lines that end in a comment and are wider than code may be: the formatter leaves comments as they are. */
export function wideComments(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, text }) => {
    const code = withoutComments(text).split('\n');
    return text.split('\n').flatMap((line, at) => {
      const end = code[at]!.trimEnd().length;
      // An address in a template within a template looks like a comment, but has no space before it.
      const isComment = end < line.length && (end === 0 || line[end] === ' ');
      return isComment && line.length > COLUMNS_MAX
        ? [`${path}:${at + 1}: a comment of ${line.length} columns: ${COLUMNS_MAX} is the most`]
        : [];
    });
  });
}
