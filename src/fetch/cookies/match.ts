// The rules by which a cookie is accepted from a URL and sent to one: RFC 6265bis, sections 5.1 and 5.7. Pure.

import type { Cookie } from '../../base/cookies.ts';
import { hostnameOf, isPublicSuffix } from '../../url/host.ts';
import type { SetCookie } from './set-cookie.ts';

/** A cookie without its times. */
type Accepted = Omit<Cookie, 'createdAt' | 'changedAt'>;

/**
 * The cookie that the response from this URL sets; null if the URL may not set it. `known` are the cookies of its site.
 */
export function acceptedCookie(url: string, said: SetCookie, known: readonly Cookie[]): Accepted | null {
  const { name, value, isSecure, isHttpOnly, sameSite, expiresAt } = said;
  const place = placeOf(hostnameOf(url), said.domain);
  const isSafe = isSecureUrl(url);
  if (place === null || (isSecure && !isSafe) || (sameSite === 'none' && !isSecure)) return null;
  if (!keepsPrefix(said, place.isHostOnly)) return null;
  const path = said.path || defaultPath(pathOf(url));
  const cookie = { name, value, ...place, path, isSecure, isHttpOnly, sameSite, expiresAt };
  return !isSafe && known.some((other) => isProtected(other, cookie)) ? null : cookie;
}

/** Where the cookie goes; null if the host may not set it there. */
function placeOf(hostname: string, domain: string): Pick<Cookie, 'domain' | 'isHostOnly'> | null {
  if (domain === '') return { domain: hostname, isHostOnly: true };
  if (domain === hostname) return { domain, isHostOnly: isPublicSuffix(domain) };
  return domainMatches(hostname, domain) && !isPublicSuffix(domain) ? { domain, isHostOnly: false } : null;
}

/** `__Secure-` and `__Host-` promise that the cookie was set with care. A cookie without a name may not look so. */
function keepsPrefix({ name, value, isSecure, domain, path }: SetCookie, isHostOnly: boolean): boolean {
  const prefix = /^__(?:secure|host)-/i;
  if (name === '') return !prefix.test(value);
  if (!prefix.test(name)) return true;
  const isOfHost = name.toLowerCase().startsWith('__host-');
  return isSecure && (!isOfHost || (isHostOnly && domain === '' && path === '/'));
}

/** A cookie that goes over https alone is not replaced or hidden by one that was set over http. */
function isProtected(secure: Cookie, { name, domain, path }: Accepted): boolean {
  if (!secure.isSecure || secure.name !== name || !pathMatches(path, secure.path)) return false;
  return domainMatches(domain, secure.domain) || domainMatches(secure.domain, domain);
}

/** Whether the host is the domain or is below it. Nothing is below an address. */
export function domainMatches(hostname: string, domain: string): boolean {
  if (hostname === domain) return true;
  return hostname.endsWith(`.${domain}`) && !/^[\d.]+$|:/.test(hostname);
}

export function pathMatches(path: string, cookiePath: string): boolean {
  if (!path.startsWith(cookiePath)) return false;
  return path.length === cookiePath.length || cookiePath.endsWith('/') || path[cookiePath.length] === '/';
}

/** The folder of the path that set the cookie. */
export function defaultPath(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? '/' : path.slice(0, slash);
}

/** Only https, also on loopback: what goes over http can be read and changed on its way. */
export function isSecureUrl(url: string): boolean {
  return url.startsWith('https:');
}

/** The path of an absolute URL as the parser writes it, without the query. */
export function pathOf(url: string): string {
  const from = url.indexOf('/', url.indexOf('://') + 3);
  if (from < 0) return '/';
  const query = url.indexOf('?', from);
  return query < 0 ? url.slice(from) : url.slice(from, query);
}
