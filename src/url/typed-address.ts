// The addresses that a user gives to a host and port, in curl's form: `HOST:PORT:ADDRESS[,ADDRESS]`. The host `*` is
// every host.

export interface TypedAddresses {
  /** In lower case and punycode, without a dot at its end; an IPv6 address without its brackets; or `*`. */
  readonly hostname: string;
  readonly port: number;
  /** IPv4, or IPv6 without brackets; in the order in which to try them. */
  readonly addresses: readonly string[];
}

/** curl has a plus before an entry that may expire, which makes no difference here. */
const WRITTEN = /^\+?(\*|\[[\da-f:.]+\]|[^\s:/?#@[\]*]+):(\d{1,5}):(\S+)$/i;

/** Null if the text is not in that form. */
export function typedAddressesOf(text: string): TypedAddresses | null {
  const [, host, digits, list] = WRITTEN.exec(text.trim()) ?? [];
  if (host === undefined || list === undefined) return null;
  const hostname = host === '*' ? host : (hostnameIn(host)?.replace(/\.$/, '') ?? null);
  const addresses = list.split(',').map(addressIn);
  const port = Number(digits);
  const isWhole = hostname !== null && port >= 1 && port <= 65_535 && addresses.every((each) => each !== null);
  return isWhole ? { hostname, port, addresses: addresses as string[] } : null;
}

/** An IP address as the URL parser writes it, without brackets; null if the text is something else. */
export function addressIn(text: string): string | null {
  const bare = text.replace(/^\[(.*)\]$/, '$1');
  if (/^\d+(\.\d+){3}$/.test(bare)) return hostnameIn(bare);
  return bare.includes(':') && /^[\da-f:.]+$/i.test(bare) ? hostnameIn(`[${bare}]`) : null;
}

function hostnameIn(host: string): string | null {
  return URL.parse(`http://${host}/`)?.hostname.replace(/^\[(.*)\]$/, '$1') ?? null;
}
