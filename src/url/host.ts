// The parts of a URL that things are kept by: host (robots and pace) and site (the registrable domain).

import { getDomain } from 'tldts';

/** scheme://host[:port] of an absolute URL as the URL parser writes it; userinfo is left out. */
export function hostOf(url: string): string {
  const from = url.indexOf('://') + 3;
  const slash = url.indexOf('/', from);
  const end = slash < 0 ? url.length : slash;
  const host = url.slice(0, end);
  const at = host.lastIndexOf('@');
  return at < 0 ? host : host.slice(0, from) + host.slice(at + 1);
}

/** Name or address without port; an IPv6 address without brackets. */
export function hostnameOf(url: string): string {
  const { hostname } = new URL(url);
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

/** The port, the scheme's own where none is written. */
export function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

/** The registrable domain by the public suffix list, private domains included; the hostname itself where there is none. */
export function siteOf(url: string): string {
  const hostname = hostnameOf(url);
  return getDomain(hostname, { allowPrivateDomains: true }) ?? hostname;
}
