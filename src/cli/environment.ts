// Warns of environment variables that look like options of gossamer but are not.

import { nearest } from '../base/nearest.ts';
import { ALIASES, environmentName, isTurnedOff, OPTIONS } from '../options/options.ts';
import { ACCEPT, CONFIG, FAIL_ON, INPUT_FILE, NO_CONFIG } from './flags.ts';
import type { Shell } from './shell.ts';

const PREFIX = 'GOSSAMER_';
/** Set by our own launcher and for our own tests. */
const OURS: readonly string[] = ['GOSSAMER_RELAUNCHED', 'GOSSAMER_SEED', 'GOSSAMER_CASES', 'GOSSAMER_TEST_POSTGRES'];
const KNOWN = new Set([
  ...[...OPTIONS, INPUT_FILE, CONFIG, NO_CONFIG, FAIL_ON, ACCEPT].map(({ flags }) => environmentName(flags)),
  ...OURS,
]);

/** One line for each variable that is set but not read. */
export function strangerLines(environment: Shell['environment']): string[] {
  const strangers = Object.keys(environment).filter((name) => name.startsWith(PREFIX) && !KNOWN.has(name));
  if (strangers.length === 0) return [];
  const wordings = wordingsOf();
  return strangers.sort().map((name) => {
    const meant = wordings.get(nearest(name.slice(PREFIX.length), [...wordings.keys()]) ?? '');
    return `${name} is not an option and was not read${meant === undefined ? '.' : `: did you mean ${meant}?`}`;
  });
}

/** The ways to write an option without the prefix, and the variable of that option. */
function wordingsOf(): Map<string, string> {
  const wordings = new Map<string, string>();
  for (const name of KNOWN) if (!OURS.includes(name)) wordings.set(name.slice(PREFIX.length), name);
  const add = (wording: string, name: string): void => {
    if (!wordings.has(wording)) wordings.set(wording, name);
  };
  for (const spec of OPTIONS) {
    const name = environmentName(spec.flags);
    const short = name.slice(PREFIX.length);
    if (spec.kind.is === 'flag') add(isTurnedOff(spec) ? short.replace(/^NO_/, '') : `NO_${short}`, name);
    add(spec.name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase(), name);
  }
  add('CONFIG_FILE', environmentName(CONFIG.flags));
  for (const alias of ALIASES) {
    const { flags } = OPTIONS.find(({ name }) => name === alias.name)!;
    add(environmentName(alias.flags).slice(PREFIX.length), environmentName(flags));
  }
  return wordings;
}
