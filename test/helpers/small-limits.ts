// Loaded into a process before all else: some bounds of src/base/limits.ts become small, so that a short run comes to
// what only a long one would. The code is the same.

import { registerHooks } from 'node:module';

/** By name, as written in the source. */
export type SmallLimits = Readonly<Record<string, string>>;

const VARIABLE = 'GOSSAMER_SMALL_LIMITS';

/** The environment of a process that has these limits. */
export function smallLimits(limits: SmallLimits): NodeJS.ProcessEnv {
  return { [VARIABLE]: JSON.stringify(limits), NODE_OPTIONS: `--import ${import.meta.url}` };
}

const written = process.env[VARIABLE];
if (written !== undefined) {
  const limits = Object.entries(JSON.parse(written) as SmallLimits);
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!/\/base\/limits\.[jt]s$/.test(url)) return loaded;
      let source = String(loaded.source);
      for (const [name, value] of limits) {
        const bound = new RegExp(`(export const ${name}(?:: number)? = )[^;]+;`);
        if (!bound.test(source)) throw new Error(`small-limits: src/base/limits.ts has no ${name}`);
        source = source.replace(bound, `$1${value};`);
      }
      return { ...loaded, source };
    },
  });
}
