// What many runs never need: packages, modules of Node, long tables. Each takes milliseconds to load, and a start
// should be short.

import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

/** Makes a function that makes the value at its first call, and returns the same value from then on. */
export function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Makes a function that loads the package, or the module of Node, at its first call. */
export function onDemand<T>(name: string): () => T {
  return lazily(() => load(name) as T);
}
