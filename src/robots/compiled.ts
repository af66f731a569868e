// Puts the rules of a robots.txt in order and makes them ready to be matched, in slices.

import type { Sliced } from '../base/slices.ts';
import { Patterns } from './patterns.ts';
import { SLICE_LINES } from './text.ts';

export interface RobotsRule {
  readonly isAllow: boolean;
  /** The path pattern, with its percent-encoding in one form. */
  readonly pattern: string;
  /** The line as written, one character per octet. */
  readonly octets: string;
  /** The line number, counted from 1. */
  readonly line: number;
}

/** Rules that are ready to be matched, the strongest first. */
export interface Compiled {
  readonly rules: readonly RobotsRule[];
  readonly patterns: Patterns;
}

export function* compiling(written: readonly RobotsRule[]): Sliced<Compiled> {
  // A copy keeps no room for more, as an array that grew does, and each host in memory has one.
  const rules = (yield* preferring(written)).slice();
  return { rules, patterns: yield* Patterns.compiled(rules.map(({ pattern }) => pattern)) };
}

/**
 * Puts the rules in order, longest first, and Allow before Disallow at equal length: the first match decides (section
 * 2.2.2). Of equal rules only the first is kept. It sorts by length without comparing, in slices.
 */
function* preferring(written: readonly RobotsRule[]): Sliced<RobotsRule[]> {
  const lengths = new Map<number, { readonly allows: RulesByPattern; readonly disallows: RulesByPattern }>();
  for (const [at, rule] of written.entries()) {
    if (at % SLICE_LINES === SLICE_LINES - 1) yield;
    const { length } = rule.pattern;
    let ofLength = lengths.get(length);
    if (ofLength === undefined) {
      ofLength = { allows: new Map(), disallows: new Map() };
      lengths.set(length, ofLength);
    }
    const kind = rule.isAllow ? ofLength.allows : ofLength.disallows;
    if (!kind.has(rule.pattern)) kind.set(rule.pattern, rule);
  }
  const rules: RobotsRule[] = [];
  for (const length of [...lengths.keys()].sort((a, b) => b - a)) {
    const { allows, disallows } = lengths.get(length)!;
    for (const rule of allows.values()) rules.push(rule);
    for (const rule of disallows.values()) if (!allows.has(rule.pattern)) rules.push(rule);
  }
  return rules;
}

type RulesByPattern = Map<string, RobotsRule>;
