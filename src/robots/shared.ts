// Many hosts have the same robots.txt: none at all, one that allows everything, the one that came with their software.
// Their rules are read, compiled and kept once. Longer files are seldom alike, and are read for each host.

import { SHARED_ROBOTS_BYTES_MAX, SHARED_ROBOTS_MAX } from '../base/limits.ts';
import type { Sliced } from '../base/slices.ts';
import { type RobotsRules, readingRules } from './rules.ts';

/** Reads the rules for an agent in slices. */
export type RulesReader = (bytes: Uint8Array, agent: string) => Sliced<RobotsRules>;

export function createRulesReader(): RulesReader {
  /** By agent and text; those that were met longest ago come first. */
  const known = new Map<string, RobotsRules>();
  return function* (bytes, agent) {
    if (bytes.length > SHARED_ROBOTS_BYTES_MAX) return yield* readingRules(bytes, agent);
    const key = `${agent}\n${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')}`;
    const rules = known.get(key) ?? (yield* readingRules(bytes, agent));
    known.delete(key);
    if (known.size >= SHARED_ROBOTS_MAX) known.delete(known.keys().next().value!);
    known.set(key, rules);
    return rules;
  };
}
