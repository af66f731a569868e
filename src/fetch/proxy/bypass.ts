// Which hosts are asked without a proxy: the list of NO_PROXY, read as curl reads it.

import ipaddr from 'ipaddr.js';
import type { OriginParts } from '../net/origins.ts';

export type Bypass = (parts: Pick<OriginParts, 'hostname' | 'isAddress' | 'port'>) => boolean;

/**
 * Reads names, addresses and networks (`10.0.0.0/8`), separated by commas or spaces. A name stands for its subdomains
 * too, with or without a dot before it; with a star, for its subdomains alone. After a colon there may be a port. `*`
 * alone stands for every host.
 */
export function createBypass(list: string): Bypass {
  const entries = list.split(/[\s,]+/).filter((entry) => entry !== '');
  if (entries.includes('*')) return () => true;
  const rules = entries.map(ruleOf);
  return (parts) => rules.some((rule) => rule(parts));
}

function ruleOf(entry: string): Bypass {
  // An IPv6 address without brackets has several colons, and no port after it.
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [];
  const host = (bracketed ?? plain ?? entry).toLowerCase().replace(/^\.|\.$/g, '');
  const matches = host.includes('/') ? networkOf(host) : ipaddr.isValid(host) ? addressOf(host) : domainOf(host);
  return (parts) => (port === undefined || Number(port) === parts.port) && matches(parts);
}

function domainOf(written: string): Bypass {
  // With a star, as Go reads it, the name itself does not belong to them.
  const isBelow = written.startsWith('*.');
  const name = isBelow ? written.slice(2) : written;
  const domain = URL.parse(`http://${name}/`)?.hostname ?? name;
  return ({ hostname, isAddress }) => {
    const asked = hostname.replace(/\.$/, '');
    return !isAddress && domain !== '' && ((asked === domain && !isBelow) || asked.endsWith(`.${domain}`));
  };
}

function addressOf(text: string): Bypass {
  const wanted = ipaddr.parse(text).toString();
  return ({ hostname, isAddress }) => isAddress && ipaddr.parse(hostname).toString() === wanted;
}

function networkOf(text: string): Bypass {
  if (!ipaddr.isValidCIDR(text)) return () => false;
  const [network, bits] = ipaddr.parseCIDR(text);
  return ({ hostname, isAddress }) => {
    if (!isAddress) return false;
    const address = ipaddr.parse(hostname);
    return address.kind() === network.kind() && address.match(network, bits);
  };
}
