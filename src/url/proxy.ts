// The address of a proxy as people write it: curl's form, and before it, if wanted, the scheme of the URLs that it is
// for: `http=http://user:pass@proxy.example:3128`.

export type ProxyScheme = 'http' | 'https' | 'socks5' | 'socks5h';

export interface ProxyAddress {
  readonly scheme: ProxyScheme;
  /** In lower case and punycode; an IPv6 address without its brackets. */
  readonly hostname: string;
  readonly isAddress: boolean;
  readonly port: number;
  /** Empty if the proxy wants none. */
  readonly username: string;
  readonly password: string;
  /** Only URLs of this scheme go through it; null for both. */
  readonly only: 'http' | 'https' | null;
  /** Its address without the password, for people. */
  readonly label: string;
}

/** As curl has them. */
const USUAL_PORTS: Readonly<Record<ProxyScheme, number>> = { http: 1080, https: 443, socks5: 1080, socks5h: 1080 };
const WRITTEN =
  /^(?:(https?)=)?(?:(https?|socks5h?):\/\/)?(?:([^\s/?#]*)@)?(\[[\da-f:.]+\]|[^\s:/?#@[\]]+)(?::(\d{1,5}))?\/?$/i;
/** A field of SOCKS5 has at most so many bytes (RFC 1929). */
const CREDENTIAL_BYTES_MAX = 255;

/** Null if the text is not the address of a proxy that can be used. */
export function proxyOf(text: string): ProxyAddress | null {
  const found = WRITTEN.exec(text.trim());
  if (found === null) return null;
  const [, only, written = 'http', userinfo = '', host, digits] = found;
  const scheme = written.toLowerCase() as ProxyScheme;
  const parsed = URL.parse(`http://${host}/`);
  const port = digits === undefined ? USUAL_PORTS[scheme] : Number(digits);
  const [username, password] = credentialsIn(userinfo);
  if (parsed === null || port < 1 || port > 65_535 || !isSendable(username) || !isSendable(password)) return null;
  const isIpv6 = parsed.hostname.startsWith('[');
  return {
    scheme,
    hostname: isIpv6 ? parsed.hostname.slice(1, -1) : parsed.hostname,
    isAddress: isIpv6 || /^\d+(\.\d+){3}$/.test(parsed.hostname),
    port,
    ...{ username, password },
    only: (only?.toLowerCase() ?? null) as ProxyAddress['only'],
    label: `${scheme}://${parsed.hostname}:${port}`,
  };
}

function credentialsIn(userinfo: string): [username: string, password: string] {
  const colon = userinfo.indexOf(':');
  if (colon < 0) return [decoded(userinfo), ''];
  return [decoded(userinfo.slice(0, colon)), decoded(userinfo.slice(colon + 1))];
}

/** A percent sign that encodes nothing stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isSendable(credential: string): boolean {
  return !/\p{Cc}/u.test(credential) && new TextEncoder().encode(credential).length <= CREDENTIAL_BYTES_MAX;
}
