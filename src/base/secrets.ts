// Request headers that carry a secret of the user: they go to few servers, and no archive keeps them unless told to.

const OF_HTTP = ['authorization', 'cookie', 'proxy-authorization'] as const;

/** The secret header names in lower case: those of HTTP itself, and those that the user marks. */
export function secretNames(marked: readonly string[]): ReadonlySet<string> {
  return new Set([...OF_HTTP, ...marked.map((name) => name.toLowerCase())]);
}
