// The expressions of --include and --exclude, matched in linear time: no pattern and no URL can make the engine
// backtrack.

import { onDemand } from '../base/on-demand.ts';

const re2 = onDemand<typeof import('re2js')>('re2js');

/** An escaped backslash before it does not count. */
const NAMED_REFERENCE = /(?<!\\)(?:\\\\)*\\k/;

export interface Pattern {
  test(url: string): boolean;
}

/** Compiles a pattern. It throws if `patternFault` finds a fault. */
export function patternOf(pattern: string): Pattern {
  const { RE2JS } = re2();
  // What follows a backslash would be a plain letter here: the group's name would be looked for in the URL.
  if (NAMED_REFERENCE.test(pattern)) throw new SyntaxError('invalid escape sequence: `\\k`');
  const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
  return { test: (url) => compiled.test(url) };
}

/** Why the text is not a valid expression; null if it is valid. */
export function patternFault(pattern: string): string | null {
  try {
    patternOf(pattern);
    return null;
  } catch (error) {
    const why = (error as Error).message.replace(/^error parsing regexp: /, '');
    const isBeyond = /[(]\?(?:[=!]|<[=!])|\\[1-9k]/.test(pattern);
    return isBeyond
      ? `${why}; look-around and back-references are not supported, because they can take very long`
      : why;
  }
}

/** Flags that change what an expression matches and that can be written into the expression. */
const FLAGS_KEPT = /[ims]/g;
/** Refused flags: `y` begins where the last match ended, and `v` is a different syntax. */
const FLAGS_REFUSED = /[vy]/;

/** Letters that mean themselves behind a backslash in JavaScript, and mostly something else in RE2 (`\z`, `\Q`). */
const PLAIN_LETTER = /\\(?:([aeghijlmoqyzACE-OQRTUVXYZ])|[\s\S])/g;

/** A JavaScript expression as text with the same meaning; null if its flags are not supported. */
export function patternText({ source, flags }: RegExp): string | null {
  if (FLAGS_REFUSED.test(flags)) return null;
  const kept = (flags.match(FLAGS_KEPT) ?? []).join('');
  const text = source.replace(PLAIN_LETTER, (whole, letter?: string) => letter ?? whole);
  return kept === '' ? text : `(?${kept}:${text})`;
}
