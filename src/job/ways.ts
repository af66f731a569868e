// How the connections of a job leave this machine, by its options.

import { type Stats, statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { UsageError } from '../base/errors.ts';
import { typedFor, type WaysRules, whyNoSource } from '../fetch/net/ways.ts';
import type { CrawlOptions } from '../options/options.ts';
import { hostnameOf, portOf } from '../url/host.ts';
import { addressIn, typedAddressesOf } from '../url/typed-address.ts';

type Wishes = Pick<CrawlOptions, 'resolve' | 'localAddress' | 'ipv4' | 'ipv6' | 'unixSocket'>;

const NO_SOURCES: WaysRules['sources'] = { 4: null, 6: null };
/** The longest path of a Unix socket that all systems take. */
const SOCKET_PATH_BYTES_MAX = 103;

/** @throws UsageError that names the option that cannot be used. */
export async function waysRules({ resolve, localAddress, ipv4, ipv6, unixSocket }: Wishes): Promise<WaysRules> {
  const sources = localAddress === null ? NO_SOURCES : await sourcesOf(localAddress);
  const wanted = ipv4 ? 4 : ipv6 ? 6 : null;
  if (wanted !== null && localAddress !== null && sources[wanted] === null) {
    throw new UsageError(`--interface: ${localAddress} has no IPv${wanted} address, and -${wanted} wants one.`);
  }
  if (unixSocket !== null) assertSocket(unixSocket);
  const only = sources[4] === sources[6] ? null : sources[4] === null ? 6 : 4;
  return { typed: resolve.map((each) => typedAddressesOf(each)!), family: wanted ?? only, sources, unixSocket };
}

/** The names of these URLs that nobody has to resolve. */
export function namesTyped(ways: WaysRules, urls: readonly string[]): string[] {
  const isAsked = (url: string): boolean =>
    ways.unixSocket === null && typedFor(ways, hostnameOf(url), portOf(url)) === null;
  const asked = new Set(urls.filter(isAsked).map(hostnameOf));
  return urls.map(hostnameOf).filter((name) => !asked.has(name));
}

/** @throws UsageError if this machine does not have the address or the interface. */
async function sourcesOf(text: string): Promise<WaysRules['sources']> {
  const address = addressIn(text);
  if (address !== null) {
    const why = await whyNoSource(address);
    if (why !== null) throw new UsageError(`--interface: this machine cannot connect from ${address}: ${why}.`);
    return address.includes(':') ? { 4: null, 6: address } : { 4: address, 6: null };
  }
  const own = networkInterfaces()[text];
  if (own === undefined) throw new UsageError(`--interface: this machine has no address or interface ${text}.`);
  const first = (family: string): string | null =>
    own.find((each) => each.family === family && !each.address.startsWith('fe80:'))?.address ?? null;
  const found = { 4: first('IPv4'), 6: first('IPv6') };
  if (found[4] !== null || found[6] !== null) return found;
  throw new UsageError(`--interface: ${text} has no address that connections can be made from.`);
}

function assertSocket(path: string): void {
  let there: Stats | undefined;
  try {
    there = statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    throw new UsageError(`--unix-socket: ${path} cannot be used: ${(cause as Error).message}.`, { cause });
  }
  if (there?.isSocket() !== true) {
    throw new UsageError(`--unix-socket: ${path} is ${there === undefined ? 'not there' : 'not a socket'}.`);
  }
  if (Buffer.byteLength(path) > SOCKET_PATH_BYTES_MAX) {
    throw new UsageError(`--unix-socket: the path is longer than ${SOCKET_PATH_BYTES_MAX} bytes: name a shorter one.`);
  }
}
