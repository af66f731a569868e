// Names of hosts as people write them for settings: `example.com`, `example.com:8080`, `https://example.com`,
// `*.example.com` for every name below it, and `*` for every host.

export interface HostPattern {
  readonly isSecure: boolean | null;
  /** In lower case and punycode; an IPv6 address without its brackets; empty for every host. */
  readonly hostname: string;
  /** The names below `hostname`, and not itself. */
  readonly isWild: boolean;
  readonly port: number | null;
  /** Of two patterns that match, the one with more counts. */
  readonly exactness: number;
}

export interface HostParts {
  readonly isSecure: boolean;
  readonly hostname: string;
  readonly port: number;
}

const WRITTEN = /^(?:(https?):\/\/)?(\*\.)?(\*|\[[\da-f:.]+\]|[^\s:/?#@[\]*]+)(?::(\d{1,5}))?\/?$/i;
/** More than any name has characters. */
const WHOLE_NAME = 1_000;

/** Null if the text is no such name. */
export function hostPatternOf(text: string): HostPattern | null {
  const [, scheme, wild, host, digits] = WRITTEN.exec(text.trim()) ?? [];
  if (host === undefined || (host === '*' && wild !== undefined)) return null;
  const isWild = wild !== undefined || host === '*';
  const parsed = host === '*' ? '' : URL.parse(`http://${host}/`)?.hostname;
  const port = digits === undefined ? null : Number(digits);
  if (parsed === undefined || (port !== null && (port < 1 || port > 65_535))) return null;
  const hostname = parsed.replace(/^\[|\]$|\.$/g, '');
  const isSecure = scheme === undefined ? null : scheme.toLowerCase() === 'https';
  const length = isWild ? hostname.length : WHOLE_NAME;
  const exactness = 4 * length + (port === null ? 0 : 2) + (isSecure === null ? 0 : 1);
  return { isSecure, hostname, isWild, port, exactness };
}

/** What the names that match a host say of it, that of the most exact one last. What is no name counts for nothing. */
export function createHostTable<T>(entries: readonly (readonly [name: string, value: T])[]): (parts: HostParts) => T[] {
  const all = entries
    .flatMap(([name, value]) => {
      const pattern = hostPatternOf(name);
      return pattern === null ? [] : [{ pattern, value }];
    })
    .sort((a, b) => a.pattern.exactness - b.pattern.exactness);
  return (parts) => all.filter(({ pattern }) => matchesHost(pattern, parts)).map(({ value }) => value);
}

export function matchesHost(pattern: HostPattern, parts: HostParts): boolean {
  if (pattern.isSecure !== null && pattern.isSecure !== parts.isSecure) return false;
  if (pattern.port !== null && pattern.port !== parts.port) return false;
  const name = parts.hostname.replace(/\.$/, '');
  if (!pattern.isWild) return name === pattern.hostname;
  return pattern.hostname === '' || name.endsWith(`.${pattern.hostname}`);
}
