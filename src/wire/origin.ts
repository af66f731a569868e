// The parts of an http(s) URL that a connection and a request line need, by plain string work where the URL is plain.

/** Where a request is sent. `key` is scheme://host[:port]. */
export interface Origin {
  readonly key: string;
  readonly isTls: boolean;
  /** Name or address without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** Value of the Host header. */
  readonly authority: string;
}

export interface Target {
  readonly origin: string;
  /** Path and query, as on the request line. */
  readonly path: string;
}

/** Splits an absolute URL as WHATWG URLs are written; null for what is no plain http(s) URL (userinfo, spaces, other schemes). */
export function targetOf(url: string): Target | null {
  const from = url.startsWith('http://') ? 7 : url.startsWith('https://') ? 8 : 0;
  if (from === 0) return null;
  let end = from;
  for (; end < url.length; end += 1) {
    const code = url.charCodeAt(end);
    if (code === 0x2f || code === 0x3f || code === 0x23) break;
    if (code === 0x40 || code <= 0x20 || code > 0x7e) return null;
  }
  const hash = url.indexOf('#', end);
  const path = hash < 0 ? url.slice(end) : url.slice(end, hash);
  return { origin: url.slice(0, end), path: path.startsWith('/') ? path : `/${path}` };
}

/** The origin of a URL's first part; null where that is no valid http(s) host. */
export function originOf(text: string): Origin | null {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null;
  const isTls = url.protocol === 'https:';
  const hostname = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
  const port = url.port === '' ? (isTls ? 443 : 80) : Number(url.port);
  return { key: url.origin, isTls, hostname, port, authority: url.host };
}
