// The expressions of --include and --exclude, held to linear time: no pattern and no URL can make the engine try the same thing again and again.

import { RE2JS } from 're2js';

export interface Pattern {
  test(url: string): boolean;
}

/** Throws where `patternFault` finds a fault. */
export function patternOf(pattern: string): Pattern {
  const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
  return { test: (url) => compiled.test(url) };
}

/** Why there is no such expression; null where there is. */
export function patternFault(pattern: string): string | null {
  try {
    patternOf(pattern);
    return null;
  } catch (error) {
    const why = (error as Error).message.replace(/^error parsing regexp: /, '');
    const isBeyond = /[(]\?(?:[=!]|<[=!])|\\[1-9]/.test(pattern);
    return isBeyond ? `${why}; look-around and references back cannot be had, so that each always ends soon` : why;
  }
}

/** Flags that change what an expression matches, and that can be written into it. */
const FLAGS_KEPT = /[ims]/g;
/** `y` begins where the last match ended, and `v` is a language of its own. */
const FLAGS_REFUSED = /[vy]/;

/** An expression of JavaScript as text that means the same; null where its flags cannot be had. */
export function patternText({ source, flags }: RegExp): string | null {
  if (FLAGS_REFUSED.test(flags)) return null;
  const kept = (flags.match(FLAGS_KEPT) ?? []).join('');
  return kept === '' ? source : `(?${kept}:${source})`;
}
