// Requests, one at a time each, through the layers guard > decode > dispatch. No layer waits for a host, follows a redirect or
// loops; a failure is an outcome. What bounds a response (its head, its body, its time) is kept where its bytes are read.

import type { Clock } from '../base/clock.ts';
import type { Fetch } from '../base/contracts.ts';
import { ACCEPT_ENCODING, decode } from './decode.ts';
import { type ConnectionCounts, createDispatcher } from './dispatch.ts';
import { createLookup, createResolver, type Lookup } from './dns.ts';
import { allowsAddress, guard } from './guard.ts';
import { TimeoutWheel } from './timeout-wheel.ts';

export interface FetchOptions {
  readonly userAgent: string;
  /** Name and value by turns; they take the place of ours of the same name. */
  readonly headers: readonly string[];
  /** `USER:PASS`, sent to these origins only. */
  readonly auth: { readonly origins: readonly string[]; readonly value: string } | null;
  /** The longest silence: while connecting, in the handshake, before the first byte, between bytes. */
  readonly timeoutMs: number;
  readonly minRateBytesPerSecond: number;
  readonly bodyBytesMax: number;
  /** Takes certificates that do not verify. */
  readonly insecure: boolean;
  readonly allowPrivate: boolean;
  /** Hostnames whose private addresses are meant. */
  readonly allowedHosts: readonly string[];
  /** Ports that are allowed though they are another protocol's. */
  readonly allowedPorts: readonly number[];
  /** How names are looked up; by default as the machine does. */
  readonly lookup?: Lookup;
}

export interface Fetcher extends AsyncDisposable {
  /** Never rejects. */
  readonly fetch: Fetch;
  readonly connections: ConnectionCounts;
  /** Ends what is in flight as `aborted` and closes every connection. */
  close(): Promise<void>;
}

export function createFetch(options: FetchOptions, clock: Clock): Fetcher {
  const rules = {
    allowPrivate: options.allowPrivate,
    allowedHosts: new Set(options.allowedHosts.map((host) => host.replace(/^\[|\]$/g, ''))),
    allowedPorts: new Set(options.allowedPorts),
  };
  const dispatcher = createDispatcher(
    {
      timeoutMs: options.timeoutMs,
      minRateBytesPerSecond: options.minRateBytesPerSecond,
      bodyBytesMax: options.bodyBytesMax,
      insecure: options.insecure,
      headLines: (origin) => headLines(options, origin),
      resolve: createResolver(options.lookup ?? createLookup(), clock),
      allowsAddress: (hostname, address) => allowsAddress(rules, hostname, address),
    },
    clock,
    new TimeoutWheel(clock, options.timeoutMs),
  );
  const layers = [guard(rules), decode(options.bodyBytesMax)];
  const fetch = layers.reduceRight((next, layer) => layer(next), dispatcher.dispatch);
  const close = async (): Promise<void> => dispatcher.close();
  return { fetch, connections: dispatcher.connections, close, [Symbol.asyncDispose]: close };
}

function headLines(options: FetchOptions, origin: string): string {
  const lines = new Map([
    ['user-agent', `User-Agent: ${options.userAgent}`],
    ['accept', 'Accept: */*'],
    ['accept-encoding', `Accept-Encoding: ${ACCEPT_ENCODING}`],
    ['connection', 'Connection: keep-alive'],
  ]);
  if (options.auth?.origins.includes(origin)) {
    lines.set('authorization', `Authorization: Basic ${Buffer.from(options.auth.value).toString('base64')}`);
  }
  const { headers } = options;
  for (let i = 0; i + 1 < headers.length; i += 2)
    lines.set(headers[i]!.toLowerCase(), `${headers[i]}: ${headers[i + 1]}`);
  return [...lines.values()].map((line) => `${line}\r\n`).join('');
}
