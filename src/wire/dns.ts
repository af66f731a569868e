// Names to addresses, with their lifetimes. The hosts file first, as every program on the machine has it; then c-ares, which
// knows TTLs and does not take libuv's threads; getaddrinfo only where c-ares has nothing.

import { Resolver, lookup as systemLookup } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { Clock } from '../base/clock.ts';
import {
  DNS_ADDRESSES_MAX,
  DNS_CACHE_ENTRIES_MAX,
  DNS_NEGATIVE_MS,
  DNS_TTL_MAX_MS,
  DNS_TTL_MIN_MS,
} from '../base/limits.ts';

export interface ResolvedAddress {
  readonly address: string;
  readonly ttlSeconds: number;
}

/** Asks for all addresses of a name; rejects with the resolver's error where there is none. */
export type Lookup = (hostname: string) => Promise<readonly ResolvedAddress[]>;

/** All addresses of a name, families by turns; literal addresses are returned as they are. */
export type Resolve = (hostname: string) => readonly string[] | Promise<readonly string[]>;

interface Entry {
  readonly answer: Promise<readonly string[]>;
  expiresAt: number;
}

export function createResolver(lookup: Lookup, clock: Clock): Resolve {
  const cache = new Map<string, Entry>();
  return (hostname) => {
    if (isIP(hostname) !== 0) return [hostname];
    const known = cache.get(hostname);
    if (known !== undefined && known.expiresAt > clock.monotonic()) return known.answer;
    // Until the answer is there it is the answer for all who ask.
    const entry: Entry = { answer: ask(hostname), expiresAt: Number.POSITIVE_INFINITY };
    cache.delete(hostname);
    cache.set(hostname, entry);
    if (cache.size > DNS_CACHE_ENTRIES_MAX) cache.delete(cache.keys().next().value ?? '');
    return entry.answer;

    async function ask(name: string): Promise<readonly string[]> {
      try {
        const found = (await lookup(name)).slice(0, DNS_ADDRESSES_MAX);
        const ttlMs = Math.min(...found.map(({ ttlSeconds }) => ttlSeconds * 1000));
        entry.expiresAt = clock.monotonic() + Math.min(Math.max(ttlMs, DNS_TTL_MIN_MS), DNS_TTL_MAX_MS);
        return interleaved(found.map(({ address }) => address));
      } catch (error) {
        entry.expiresAt = clock.monotonic() + DNS_NEGATIVE_MS;
        throw error;
      }
    }
  };
}

/** The machine's own way to look names up. */
export function createLookup(): Lookup {
  const hosts = readHosts();
  const resolver = new Resolver();
  return async (hostname) => {
    const fixed = hosts.get(hostname) ?? (isLocalhost(hostname) ? ['127.0.0.1', '::1'] : undefined);
    if (fixed !== undefined) return fixed.map((address) => ({ address, ttlSeconds: DNS_TTL_MAX_MS / 1000 }));
    const [six, four] = await Promise.allSettled([
      resolver.resolve6(hostname, { ttl: true }),
      resolver.resolve4(hostname, { ttl: true }),
    ]);
    const found = [six, four].flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (found.length > 0) return found.map(({ address, ttl }) => ({ address, ttlSeconds: ttl }));
    const failure = four.status === 'rejected' ? four.reason : null;
    if (failure?.code === 'ENOTFOUND') throw failure;
    const looked = await systemLookup(hostname, { all: true });
    return looked.map(({ address }) => ({ address, ttlSeconds: 0 }));
  };
}

/** RFC 8305, section 4: the families by turns, in the order in which they came. */
function interleaved(addresses: readonly string[]): string[] {
  const six = addresses.filter((address) => address.includes(':'));
  const four = addresses.filter((address) => !address.includes(':'));
  const mixed: string[] = [];
  for (let i = 0; i < Math.max(six.length, four.length); i += 1) {
    // IPv4 first where there is both: a machine without an IPv6 route is commoner than the reverse.
    if (i < four.length) mixed.push(four[i]!);
    if (i < six.length) mixed.push(six[i]!);
  }
  return mixed;
}

// RFC 6761, section 6.3: these names are this machine, whatever a server says.
function isLocalhost(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost');
}

function readHosts(): Map<string, string[]> {
  const hosts = new Map<string, string[]>();
  let text = '';
  try {
    text = readFileSync('/etc/hosts', 'utf8');
  } catch {
    return hosts;
  }
  for (const line of text.split('\n')) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (address === undefined || isIP(address) === 0) continue;
    for (const name of names) {
      const lower = name.toLowerCase();
      hosts.set(lower, [...(hosts.get(lower) ?? []), address]);
    }
  }
  return hosts;
}
