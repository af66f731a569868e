// Request headers that carry a secret of the user: they go to few servers, and no archive keeps them unless told to.

const OF_HTTP = ['authorization', 'cookie', 'proxy-authorization'] as const;

/** The secret header names in lower case: those of HTTP itself, and those that the user marks. */
export function secretNames(marked: readonly string[]): ReadonlySet<string> {
  return new Set([...OF_HTTP, ...marked.map((name) => name.toLowerCase())]);
}

const SOUNDS_SECRET =
  /key$|token|secret|passw|passphrase|credential|bypass|authoriz|authentic|cookie|(?:^|[-_])(?:auth|session|jwt)(?:$|[-_])/i;

/** Whether the name of a header field is like those of secrets. No list of them is whole, so the user is only told. */
export function soundsSecret(name: string): boolean {
  return SOUNDS_SECRET.test(name);
}
