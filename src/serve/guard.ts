// Who may ask. The page listens on loopback, but every page in the user's browser can send requests there, and a name
// on the web can be made to lead there (DNS rebinding). So the name of the host is checked, the origin of each change
// is checked, and each request shows that it knows the token of the printed address.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { ApiError } from './failures.ts';

/** Cookies know no ports, and several servers may run. */
export function cookieName(port: number): string {
  return `gossamer-${port}`;
}

export interface Tokens {
  /** In the printed address, and then in a cookie that no script can read. */
  readonly page: string;
  /** In a header of each POST. A page of another origin cannot read it. */
  readonly post: string;
  /** In the addresses of archived pages. */
  readonly view: string;
}

export function newTokens(): Tokens {
  const token = (): string => randomBytes(24).toString('base64url');
  return { page: token(), post: token(), view: token() };
}

/** Compares without telling by its time how much is right. */
export function isToken(given: string | undefined, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return given !== undefined && timingSafeEqual(digest(given), digest(wanted));
}

/** Throws ApiError unless the request names this server: `hosts` are the values of Host that do. */
export function assertHost({ host }: IncomingHttpHeaders, hosts: ReadonlySet<string>): void {
  if (host !== undefined && hosts.has(host.toLowerCase())) return;
  throw new ApiError(403, 'foreign-host', 'The request names another host than the one that was printed.');
}

/** The tokens in cookies of our name. Another server on this machine may have set one too, with a longer path. */
function tokensInCookies({ cookie = '' }: IncomingHttpHeaders, port: number): string[] {
  const pairs = cookie.split(';').map((pair) => pair.trim().split('='));
  return pairs.flatMap(([name, value]) => (name === cookieName(port) && value !== undefined ? [value] : []));
}

/** Throws ApiError unless the request knows the token. Returns whether it came with a bearer token. */
export function assertToken(headers: IncomingHttpHeaders, { page }: Tokens, port: number): boolean {
  const bearer = /^Bearer ([\w-]{1,100})$/i.exec(headers.authorization ?? '')?.[1];
  if (isToken(bearer, page)) return true;
  if (bearer === undefined && tokensInCookies(headers, port).some((token) => isToken(token, page))) return false;
  throw new ApiError(401, 'no-token', 'The token is missing or wrong. Open the address that gossamer printed.');
}

/** Throws ApiError unless the request may change something. `origins` are those of the page. */
export function assertMayChange(
  headers: IncomingHttpHeaders,
  { post }: Tokens,
  isBearer: boolean,
  origins: ReadonlySet<string>,
): void {
  const { origin, 'sec-fetch-site': site } = headers;
  const isForeign = (origin !== undefined && !origins.has(origin)) || site === 'cross-site' || site === 'same-site';
  if (isForeign) throw new ApiError(403, 'foreign-origin', 'Changes are taken from the page itself alone.');
  const given = headers['x-gossamer-token'];
  if (isBearer || (typeof given === 'string' && isToken(given, post))) return;
  throw new ApiError(403, 'no-post-token', 'A change needs the token of /api/session in x-gossamer-token.');
}
