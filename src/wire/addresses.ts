// Which addresses are public. Everything that is not plainly so is private: loopback, link-local, the ranges of home networks
// and providers, multicast, the reserved; and addresses that carry such a one inside (mapped, NAT64, 6to4).

import ipaddr from 'ipaddr.js';

/** Whether an address literal is one that anybody on the Internet may be meant by. */
export function isPublicAddress(literal: string): boolean {
  if (!ipaddr.isValid(literal)) return false;
  const address = ipaddr.parse(literal);
  if (address instanceof ipaddr.IPv4) return address.range() === 'unicast';
  if (address.isIPv4MappedAddress()) return address.toIPv4Address().range() === 'unicast';
  const range = address.range();
  const bytes = address.toByteArray();
  // NAT64 has the IPv4 address in its last four bytes (RFC 6052), 6to4 in the third to sixth (RFC 3056).
  if (range === 'rfc6052') return new ipaddr.IPv4(bytes.slice(12)).range() === 'unicast';
  if (range === '6to4') return new ipaddr.IPv4(bytes.slice(2, 6)).range() === 'unicast';
  return range === 'unicast';
}
