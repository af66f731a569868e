// The parts of a URL that things are kept by: host (robots and pace) and site (the registrable domain). By plain string work,
// because a host is wanted for every link; the URLs are absolute and as the URL parser writes them.

import { getDomain } from 'tldts';

/** scheme://host[:port] without userinfo; of a URL without a host only the scheme. */
export function hostOf(url: string): string {
  const colon = url.indexOf(':');
  if (!url.startsWith('//', colon + 1)) return url.slice(0, colon + 1);
  const from = colon + 3;
  const end = authorityEnd(url, from);
  const at = url.lastIndexOf('@', end - 1);
  return at < from ? url.slice(0, end) : url.slice(0, from) + url.slice(at + 1, end);
}

/** Name or address without port; an IPv6 address without brackets. */
export function hostnameOf(url: string): string {
  const host = hostOf(url);
  const authority = host.slice(host.indexOf('://') + 3);
  if (authority.startsWith('[')) return authority.slice(1, authority.indexOf(']'));
  const colon = authority.indexOf(':');
  return colon < 0 ? authority : authority.slice(0, colon);
}

/** The port, the scheme's own where none is written; 0 where the scheme has none. */
export function portOf(url: string): number {
  const written = /:(\d+)$/.exec(hostOf(url))?.[1];
  if (written !== undefined) return Number(written);
  return url.startsWith('https:') ? 443 : url.startsWith('http:') ? 80 : 0;
}

/** The registrable domain by the public suffix list, private domains included; the hostname itself where there is none. */
export function siteOf(url: string): string {
  const hostname = hostnameOf(url);
  return getDomain(hostname, { allowPrivateDomains: true }) ?? hostname;
}

// For http and https there always is a slash; a few other schemes may go without.
function authorityEnd(url: string, from: number): number {
  const slash = url.indexOf('/', from);
  return slash < 0 ? url.length : slash;
}
