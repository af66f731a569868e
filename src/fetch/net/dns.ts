// Resolves names to addresses and remembers them for the lifetime of their records. It owns the cache and the lookups
// in progress: a name is looked up once, however many requests wait for it.

import type { Clock } from '../../base/clock.ts';
import {
  DNS_ADDRESSES_MAX,
  DNS_CACHE_ENTRIES_MAX,
  DNS_NEGATIVE_MS,
  DNS_TTL_MAX_MS,
  DNS_TTL_MIN_MS,
} from '../../base/limits.ts';
import { type Failure, isOfMachine } from '../failure.ts';

export interface ResolvedAddress {
  /** IPv4, or IPv6 without brackets. */
  readonly address: string;
  readonly ttlMs: number;
}

/** Asks for all addresses of a name. Rejects with an error whose `code` is one of node:dns. */
export type Lookup = (hostname: string) => Promise<readonly ResolvedAddress[]>;

export interface DnsEntry {
  /** In the order in which to try them; empty if the name could not be resolved. */
  addresses: readonly string[];
  readonly failure: Failure | null;
  /** Monotonic milliseconds. */
  readonly expiresMs: number;
}

export class DnsCache {
  readonly #lookup: Lookup;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #known = new Map<string, DnsEntry>();
  readonly #pending = new Map<string, Promise<DnsEntry>>();

  /** `timeoutMs`: a lookup that takes longer is given up, whatever it waits for. */
  constructor(lookup: Lookup, clock: Clock, timeoutMs: number) {
    this.#lookup = lookup;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /** The remembered entry of a name; null if it must be looked up. */
  known(hostname: string): DnsEntry | null {
    const entry = this.#known.get(hostname);
    return entry === undefined || entry.expiresMs <= this.#clock.now() ? null : entry;
  }

  /** Never rejects. */
  resolve(hostname: string): Promise<DnsEntry> {
    const known = this.known(hostname);
    if (known !== null) return Promise.resolve(known);
    let pending = this.#pending.get(hostname);
    if (pending === undefined) {
      pending = this.#ask(hostname).finally(() => this.#pending.delete(hostname));
      this.#pending.set(hostname, pending);
    }
    return pending;
  }

  /** Tries the address that worked first from now on. */
  worked(hostname: string, address: string): void {
    const entry = this.#known.get(hostname);
    if (entry === undefined || entry.addresses[0] === address || !entry.addresses.includes(address)) return;
    entry.addresses = [address, ...entry.addresses.filter((other) => other !== address)];
  }

  async #ask(hostname: string): Promise<DnsEntry> {
    let entry: DnsEntry;
    try {
      const found = await this.#inTime(this.#lookup(hostname));
      entry = found.length === 0 ? this.#failed(noAddresses(hostname)) : this.#found(hostname, found);
    } catch (error) {
      entry = this.#failed(dnsFailure(hostname, error));
    }
    this.#known.delete(hostname);
    // Only answers are remembered: a server that failed once says nothing about the next time.
    if (entry.failure !== null && entry.failure.code !== 'dns-not-found') return entry;
    if (this.#known.size >= DNS_CACHE_ENTRIES_MAX) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(hostname, entry);
    return entry;
  }

  #inTime<T>(lookup: Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const timer = this.#clock.after(this.#timeoutMs, () =>
      reject(Object.assign(new Error(`no answer within ${this.#timeoutMs} ms`), { code: 'ETIMEOUT' })),
    );
    lookup.then(resolve, reject).finally(() => timer.cancel());
    return promise;
  }

  #found(hostname: string, found: readonly ResolvedAddress[]): DnsEntry {
    const addresses = interleaved([...new Set(found.map(({ address }) => address))]).slice(0, DNS_ADDRESSES_MAX);
    const ttlMs = found.reduce((least, { ttlMs }) => Math.min(least, ttlMs), DNS_TTL_MAX_MS);
    const expiresMs = this.#clock.now() + Math.max(ttlMs, DNS_TTL_MIN_MS);
    const before = this.#known.get(hostname)?.addresses[0];
    // The address that was connected to last is kept first until it fails.
    if (before !== undefined && addresses.includes(before)) addresses.sort((a, b) => rank(a) - rank(b));
    return { addresses, failure: null, expiresMs };

    function rank(address: string): number {
      return address === before ? 0 : 1;
    }
  }

  #failed(failure: Failure): DnsEntry {
    return { addresses: [], failure, expiresMs: this.#clock.now() + DNS_NEGATIVE_MS };
  }
}

/** IPv6 and IPv4 in turns, IPv6 first, each in the given order (RFC 8305, section 4). */
export function interleaved(addresses: readonly string[]): string[] {
  const six = addresses.filter((address) => address.includes(':'));
  const four = addresses.filter((address) => !address.includes(':'));
  const mixed: string[] = [];
  for (let at = 0; at < Math.max(six.length, four.length); at += 1) {
    if (at < six.length) mixed.push(six[at]!);
    if (at < four.length) mixed.push(four[at]!);
  }
  return mixed;
}

const NOT_FOUND_CODES: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME', 'EAI_NONAME', 'EAI_NODATA']);

function noAddresses(hostname: string): Failure {
  return { code: 'dns-not-found', detail: `ENODATA ${hostname} exists and has no addresses` };
}

function dnsFailure(hostname: string, error: unknown): Failure {
  const { code = '', message = String(error) } = error as { code?: string; message?: string };
  if (isOfMachine(error)) return { code: 'machine', detail: `${code} ${message}` };
  if (code === 'ENODATA') return noAddresses(hostname);
  const isNotFound = NOT_FOUND_CODES.has(code);
  const detail = `${code} ${isNotFound ? `there is no ${hostname}` : message}`.trim();
  return { code: isNotFound ? 'dns-not-found' : 'dns-failure', detail };
}
