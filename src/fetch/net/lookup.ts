// Resolves names as this machine does: its hosts file, then DNS with the lifetimes of the records. The system's
// resolver is asked only if DNS cannot answer: it takes a thread of a small pool while it waits, and knows no
// lifetimes.

import type { promises } from 'node:dns';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Clock } from '../../base/clock.ts';
import { fewAtOnce } from '../../base/few-at-once.ts';
import { DNS_TTL_MIN_MS, LOOKUPS_AT_ONCE_MAX, RESOLUTION_DELAY_MS, SYSTEM_LOOKUPS_MAX } from '../../base/limits.ts';
import { onDemand } from '../../base/on-demand.ts';
import { isOfMachine } from '../failure.ts';
import type { Lookup, ResolvedAddress } from './dns.ts';

const dns = onDemand<typeof import('node:dns')>('node:dns');

export interface NameLookup {
  readonly lookup: Lookup;
  /** Ends the lookups in progress. */
  close(): void;
}

export const DNS_TRIES = 3;
const DNS_TRY_MAX_MS = 4_000;
const DNS_TRY_MIN_MS = 100;
/** This file exists on every system that limits the number of open files. */
const NO_FILE = '/dev/null';

/**
 * The machine's own lookup. `timeoutMs` covers all tries together; `servers` are asked instead of the machine's. DNS is
 * asked for one `family` alone, if there is one.
 */
export function createLookup(
  clock: Clock,
  timeoutMs: number,
  { family = null, servers }: { readonly family?: 4 | 6 | null; readonly servers?: readonly string[] } = {},
): NameLookup {
  const resolver = createResolver(timeoutMs, servers);
  const askSystem = createSystemLookup();
  let hosts: ReadonlyMap<string, readonly string[]> | null = null;

  async function lookup(hostname: string): Promise<readonly ResolvedAddress[]> {
    assertDescriptor();
    try {
      return await find(hostname);
    } catch (error) {
      assertDescriptor();
      throw error;
    }
  }

  async function find(hostname: string): Promise<readonly ResolvedAddress[]> {
    const name = hostname.replace(/\.$/, '').toLowerCase();
    hosts ??= parseHosts(hostsText());
    const listed = hosts.get(name) ?? (isLocalhost(name) ? ['127.0.0.1', '::1'] : undefined);
    if (listed !== undefined) return listed.map((address) => ({ address, ttlMs: DNS_TTL_MIN_MS }));
    try {
      return await askDns(name);
    } catch (error) {
      if (!isForSystem(name, (error as NodeJS.ErrnoException).code ?? '')) throw error;
      return askSystem(name);
    }
  }

  function askDns(name: string): Promise<readonly ResolvedAddress[]> {
    const options = { ttl: true } as const;
    const toAddress = ({ address, ttl }: { address: string; ttl: number }) => ({ address, ttlMs: ttl * 1000 });
    const ask = {
      6: () => resolver.ask((each) => each.resolve6(name, options)).then((records) => records.map(toAddress)),
      4: () => resolver.ask((each) => each.resolve4(name, options)).then((records) => records.map(toAddress)),
    };
    return family === null ? firstOrBoth(clock, [ask[6](), ask[4]()]) : ask[family]();
  }

  return { lookup, close: resolver.close };
}

/**
 * All questions share one socket. An unreadable answer closes it, and every waiting name fails with it; each of these
 * is then asked again over a socket of its own.
 */
function createResolver(timeoutMs: number, servers?: readonly string[]) {
  const tryMs = Math.max(DNS_TRY_MIN_MS, Math.min(DNS_TRY_MAX_MS, timeoutMs / DNS_TRIES));
  const open = new Set<promises.Resolver>();
  const inTurn = fewAtOnce(LOOKUPS_AT_ONCE_MAX);

  function opened(): promises.Resolver {
    const resolver = new (dns().promises.Resolver)({ timeout: Math.floor(tryMs), tries: DNS_TRIES });
    if (servers !== undefined) resolver.setServers(servers);
    open.add(resolver);
    return resolver;
  }

  let shared: promises.Resolver | null = null;

  async function ask<T>(question: (resolver: promises.Resolver) => Promise<T>): Promise<T> {
    shared ??= opened();
    try {
      return await question(shared);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBADRESP') throw error;
      return inTurn(async () => {
        const own = opened();
        try {
          return await question(own);
        } finally {
          open.delete(own);
        }
      });
    }
  }

  return {
    ask,
    close(): void {
      for (const resolver of open) resolver.cancel();
    },
  };
}

/**
 * Throws the system's error if no file can be opened. Without a free descriptor, resolvers claim that the name does not
 * exist.
 */
function assertDescriptor(): void {
  try {
    closeSync(openSync(NO_FILE, 'r'));
  } catch (error) {
    if (isOfMachine(error)) throw error;
  }
}

/** Both families if they come close together; one alone if the other fails or is late. Rejects if both fail. */
export function firstOrBoth<T>(clock: Clock, families: readonly Promise<readonly T[]>[]): Promise<readonly T[]> {
  return new Promise((resolve, reject) => {
    const found: T[] = [];
    let waiting = families.length;
    let failure: Error | null = null;
    const ended = (): void => {
      waiting -= 1;
      if (waiting === 0 && found.length > 0) resolve(found);
      else if (waiting === 0) reject(failure ?? noRecords());
      else if (found.length > 0) clock.after(RESOLUTION_DELAY_MS, () => resolve(found));
    };
    for (const family of families) {
      family.then(
        (records) => {
          found.push(...records);
          ended();
        },
        (error: NodeJS.ErrnoException) => {
          // "No such name" and "no such record" for one family say less than a failure of the other.
          if (failure === null || !isTrouble(failure)) failure = error;
          ended();
        },
      );
    }
  });
}

/** Both answers came and had no address: what a name that stands for another one without addresses is answered with. */
function noRecords(): Error {
  return Object.assign(new Error('no addresses'), { code: 'ENODATA' });
}

function isTrouble(error: NodeJS.ErrnoException): boolean {
  return error.code !== 'ENOTFOUND' && error.code !== 'ENODATA';
}

// DNS does not have names without a dot and .local names. Without a server to ask, DNS has no names at all.
function isForSystem(name: string, code: string): boolean {
  if (code === 'ENODATA' || code === 'ECONNREFUSED' || code === 'ENOTINITIALIZED') return true;
  return code === 'ENOTFOUND' && (!name.includes('.') || name.endsWith('.local'));
}

// A few at a time: each occupies one of libuv's four threads until it ends.
function createSystemLookup(): Lookup {
  const inTurn = fewAtOnce(SYSTEM_LOOKUPS_MAX);
  return (name) =>
    inTurn(async () => {
      const found = await dns().promises.lookup(name, { all: true, order: 'verbatim' });
      return found.map(({ address }) => ({ address, ttlMs: DNS_TTL_MIN_MS }));
    });
}

// RFC 6761, section 6.3: these names are never sent to a server.
function isLocalhost(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost');
}

/** The names of a hosts file, in lower case, with their addresses in order. */
export function parseHosts(text: string): ReadonlyMap<string, readonly string[]> {
  const hosts = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [address, ...names] = line.replace(/#.*/s, '').trim().split(/\s+/);
    if (!address) continue;
    for (const name of names) {
      const known = hosts.get(name.toLowerCase());
      if (known === undefined) hosts.set(name.toLowerCase(), [address]);
      else known.push(address);
    }
  }
  return hosts;
}

function hostsText(): string {
  const isWindows = process.platform === 'win32';
  const path = isWindows ? `${process.env['SystemRoot']}\\System32\\drivers\\etc\\hosts` : '/etc/hosts';
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    // A file that cannot be opened for now is not a missing file.
    if (isOfMachine(error)) throw error;
    return '';
  }
}
