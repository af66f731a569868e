// Tells which IP addresses are on the public internet. Every other address counts as private: a crawler that follows
// links must not be led into the network that it runs in.

import ipaddr from 'ipaddr.js';

const IPV6_GLOBAL_UNICAST = ipaddr.IPv6.parse('2000::');
const TRANSLATED_RANGES: ReadonlySet<string> = new Set(['ipv4Mapped', 'rfc6145', 'rfc6052']);

/** Whether an IP address (text, IPv6 without brackets) is public; false for text that is not an address. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.range() === 'unicast';
  if (parsed.zoneId) return false;
  const range = parsed.range();
  const bytes = parsed.toByteArray();
  // The packet ends at the IPv4 address inside an IPv6 address: RFC 4291 2.5.5.2, RFC 6052 2.2, RFC 3056 2.
  if (TRANSLATED_RANGES.has(range)) return isPublicIpv4(bytes.slice(12));
  if (range === '6to4') return isPublicIpv4(bytes.slice(2, 6));
  return range === 'unicast' && parsed.match(IPV6_GLOBAL_UNICAST, 3);
}

function isPublicIpv4(bytes: number[]): boolean {
  return new ipaddr.IPv4(bytes).range() === 'unicast';
}
