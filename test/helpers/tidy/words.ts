// Calls that only the clock may make, and marks that nobody may leave behind. The marks are written in two pieces here, so that
// this file is not the first to be found.

import { findings, type Source, withoutComments } from './source.ts';

const CLOCK = 'src/base/clock.ts';

const BANNED: readonly RegExp[] = [
  /\bDate\.now\b/,
  /\bnew Date(\(\s*\)|(?=\s*[;,)]))/,
  /\bMath\.random\b/,
  /\bperformance\.now\b/,
  /\bprocess\.hrtime\b/,
  /\b(set|clear)(Timeout|Interval)\b(?=\s*\()/,
  /'node:timers(\/promises)?'/,
];

const MARKS = new RegExp(`\\b(${['TO-DO', 'FIX-ME', 'XX-X', 'HA-CK'].join('|').replaceAll('-', '')})\\b`);
const LEFT_OUT = /\b(test|it|describe|suite)\.(only|skip|todo)\(|\b(only|skip|todo): true\b|\.skip\(\s*\)/;

/** Time, timers and chance that do not come from the clock. */
export function bannedCalls(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => path !== CLOCK)
    .flatMap(({ path, text }) =>
      BANNED.flatMap((pattern) =>
        findings(path, withoutComments(text), pattern, `only ${CLOCK} may; take the clock that you are handed`),
      ),
    );
}

/** Marks of unfinished work, anywhere; tests that are left out without saying why, or that leave the others out. */
export function forgottenMarks(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, text }) => [
    ...findings(path, text, MARKS, 'finish it, or say it in an issue'),
    ...findings(path, withoutComments(text), LEFT_OUT, 'run it, or say the reason as in { skip: reason }'),
  ]);
}
