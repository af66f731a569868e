// Fields of a request that carry a secret of the user: few are told them, and no archive keeps them unasked.

const OF_HTTP = ['authorization', 'cookie', 'proxy-authorization'] as const;

/** Names in lower case: those that HTTP itself has for secrets, and those that the user marks. */
export function secretNames(marked: readonly string[]): ReadonlySet<string> {
  return new Set([...OF_HTTP, ...marked.map((name) => name.toLowerCase())]);
}
