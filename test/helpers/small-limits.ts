// Loaded into a process before all else: some bounds of src/base/limits.ts become small, so that a short run comes to
// what only a long one would. The code is the same.

import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { builtUrl } from './built.ts';

/** By name, as written in the source. */
export type SmallLimits = Readonly<Record<string, string>>;

const VARIABLE = 'SMALL_LIMITS';
const LIMITS = new URL('../../src/base/limits.ts', import.meta.url);

/** The environment of a process that has these limits. */
export function smallLimits(limits: SmallLimits): NodeJS.ProcessEnv {
  const source = readFileSync(LIMITS, 'utf8');
  for (const name of Object.keys(limits)) {
    if (!bound(name).test(source)) throw new Error(`small-limits: src/base/limits.ts has no ${name}`);
  }
  return { [VARIABLE]: JSON.stringify(limits), NODE_OPTIONS: `--import ${import.meta.url}`, ...cacheOfTheirOwn() };
}

function bound(name: string): RegExp {
  return new RegExp(`^((?:export const|var) ${name}(?:: number)? = )[^;]+;`, 'm');
}

/** Code is kept by its file: what is compiled with these limits would take the place of what is compiled without. */
function cacheOfTheirOwn(): NodeJS.ProcessEnv {
  const cache = process.env['NODE_COMPILE_CACHE'];
  return cache === undefined ? {} : { NODE_COMPILE_CACHE: `${cache}-small` };
}

const written = process.env[VARIABLE];
if (written !== undefined) {
  const limits = Object.entries(JSON.parse(written) as SmallLimits);
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      // In what was built they may be in any file.
      if (url !== LIMITS.href && !url.startsWith(builtUrl() ?? LIMITS.href)) return loaded;
      let source = String(loaded.source);
      for (const [name, value] of limits) source = source.replace(bound(name), `$1${value};`);
      return { ...loaded, source };
    },
  });
}
