// Tells which IP addresses are on the public internet. Every other address counts as private: a crawler that follows
// links must not be led into the network that it runs in.

import ipaddr from 'ipaddr.js';

const IPV6_GLOBAL_UNICAST = ipaddr.IPv6.parse('2000::');
/** An operator puts IPv4 addresses anywhere into these, so nobody else can tell where they lead (RFC 8215). */
const LOCAL_TRANSLATION = ipaddr.IPv6.parse('64:ff9b:1::');
const TRANSLATED_RANGES: ReadonlySet<string> = new Set(['ipv4Mapped', 'rfc6145', 'rfc6052']);
/** Unicast, and yet answered by the very machine that a guest of Azure runs on: it tells the guest's secrets. */
const OF_THE_CLOUD = '168.63.129.16';

/** Whether an IP address (text, IPv6 without brackets) is public; false for text that is not an address. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed instanceof ipaddr.IPv4) return isPublicIpv4(parsed.toByteArray());
  if (parsed.zoneId || parsed.match(LOCAL_TRANSLATION, 48)) return false;
  const range = parsed.range();
  const bytes = parsed.toByteArray();
  // The packet ends at the IPv4 address inside an IPv6 address: RFC 4291 2.5.5.2, RFC 6052 2.2, RFC 3056 2; and
  // RFC 5214 6.1 for ISATAP, below.
  if (TRANSLATED_RANGES.has(range)) return isPublicIpv4(bytes.slice(12));
  if (range === '6to4') return isPublicIpv4(bytes.slice(2, 6));
  if (isIsatap(bytes) && !isPublicIpv4(bytes.slice(12))) return false;
  return range === 'unicast' && parsed.match(IPV6_GLOBAL_UNICAST, 3);
}

function isPublicIpv4(bytes: number[]): boolean {
  const address = new ipaddr.IPv4(bytes);
  return address.range() === 'unicast' && address.toString() !== OF_THE_CLOUD;
}

/** The interface is 00-00-5E-FE or 02-00-5E-FE, and an IPv4 address. */
function isIsatap(bytes: readonly number[]): boolean {
  return (bytes[8]! & ~2) === 0 && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe;
}
