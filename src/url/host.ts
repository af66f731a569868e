// The parts of a URL that serve as keys: the host (for robots and pace) and the site (the registrable domain). These
// functions cut strings instead of parsing, because every link needs its host. They expect absolute URLs as the URL
// parser writes them.

import { onDemand } from '../base/on-demand.ts';
import type { HostParts } from './host-pattern.ts';

/** It contains the list of public suffixes, which few crawls need. */
const suffixes = onDemand<typeof import('tldts')>('tldts');

/** `scheme://host[:port]` without userinfo. For a URL without a host it is the scheme alone. */
export function hostOf(url: string): string {
  const colon = url.indexOf(':');
  if (!url.startsWith('//', colon + 1)) return url.slice(0, colon + 1);
  const from = colon + 3;
  const end = authorityEnd(url, from);
  const at = url.lastIndexOf('@', end - 1);
  return at < from ? url.slice(0, end) : url.slice(0, from) + url.slice(at + 1, end);
}

/** The host name or address without its port; an IPv6 address without its brackets. */
export function hostnameOf(url: string): string {
  const host = hostOf(url);
  const authority = host.slice(host.indexOf('://') + 3);
  if (authority.startsWith('[')) return authority.slice(1, authority.indexOf(']'));
  const colon = authority.indexOf(':');
  return colon < 0 ? authority : authority.slice(0, colon);
}

/** What names and patterns of hosts are compared with. */
export function partsOf(url: string): HostParts {
  return { isSecure: url.startsWith('https:'), hostname: hostnameOf(url), port: portOf(url) };
}

/** The port. If the URL has no port, it is the default port of the scheme, or 0 if the scheme has no default. */
export function portOf(url: string): number {
  const written = /:(\d+)$/.exec(hostOf(url))?.[1];
  if (written !== undefined) return Number(written);
  return url.startsWith('https:') ? 443 : url.startsWith('http:') ? 80 : 0;
}

/**
 * The registrable domain by the public suffix list, private domains included. If there is no registrable domain, it is
 * the hostname.
 */
export function siteOf(url: string): string {
  return siteOfHostname(hostnameOf(url));
}

/** The same for the name or the address of a host. */
export function siteOfHostname(hostname: string): string {
  return suffixes().getDomain(hostname, { allowPrivateDomains: true }) ?? hostname;
}

/** Whether anybody may register names below this one, as below `com` or `co.uk`. */
export function isPublicSuffix(hostname: string): boolean {
  return suffixes().getPublicSuffix(hostname, { allowPrivateDomains: true }) === hostname;
}

// An http or https URL always has a slash after the host; URLs of a few other schemes may lack it.
function authorityEnd(url: string, from: number): number {
  const slash = url.indexOf('/', from);
  return slash < 0 ? url.length : slash;
}
