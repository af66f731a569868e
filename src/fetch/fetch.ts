// One request at a time, over connections of its own: guard > limits > decode > transfer > dispatch. Each layer has one
// concern and its own file; nothing here waits for a host, follows a redirect or tries again.

import { BodyBudget } from '../base/body-budget.ts';
import type { Clock } from '../base/clock.ts';
import type { Fetch, Outcome } from '../base/contracts.ts';
import { BODIES_BYTES_MAX } from '../base/limits.ts';
import { BodyMemory } from './body-memory.ts';
import type { CreateProtocol } from './connection.ts';
import { decodeLayer } from './decode.ts';
import { Dispatcher } from './dispatch.ts';
import { createGuard, type GuardRules, guardLayer } from './guard.ts';
import { createHttp1 } from './http1/connection.ts';
import { createRequestHead, type RequestHeadOptions } from './http1/request-head.ts';
import { transferLayer } from './http1/transfer.ts';
import { limitsLayer } from './limits.ts';
import { createConnect } from './net/connect.ts';
import { DnsCache, type Lookup } from './net/dns.ts';
import { createLookup } from './net/lookup.ts';
import { Origins } from './net/origins.ts';
import type { ConnectionFigures } from './net/pool.ts';
import { privateAddresses } from './net/private-addresses.ts';
import { onRead } from './net/wire.ts';

export interface FetchOptions extends RequestHeadOptions, GuardRules {
  /** The longest silence: name, connect, TLS, first byte, between bytes. */
  readonly timeoutMs: number;
  /** A body that flows more slowly over `timeoutMs` is cut; 0 lets it. */
  readonly minRateBytesPerSecond: number;
  /** A response that takes longer, from the request to its last byte, is cut there. */
  readonly responseMsMax: number;
  /** A longer body is cut there, before and after its content coding is removed. */
  readonly bodyBytesMax: number;
  /** Any TLS certificate is accepted. */
  readonly insecure: boolean;
  /** Connections that may be open at a time; without it there is no limit. */
  readonly connectionsMost?: number;
  /** Told of bytes as they come, of whatever response. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
  /** The memory for bodies; one of its own without it. */
  readonly budget?: BodyBudget;
  /** Resolves names in place of this machine's own ways. */
  readonly lookup?: Lookup;
}

/** A client with its connections, names and sessions. */
export interface Fetcher extends AsyncDisposable {
  readonly fetch: Fetch;
  readonly connections: ConnectionFigures;
  /** The private addresses that each of these names has; of names that could not be resolved within that time, null. */
  privateAddresses(
    hostnames: readonly string[],
    withinMs: number,
  ): Promise<ReadonlyMap<string, readonly string[] | null>>;
  /** Whoever has an outcome and will not look at its bodies again may say so, once: their memory is used for others. */
  recycle(outcome: Outcome): void;
  /** Aborts what is in flight and closes all connections. */
  close(): Promise<void>;
}

/**
 * Makes a client that speaks one protocol.
 * @throws UsageError where a header of the user's cannot be sent.
 */
export function createFetch(options: FetchOptions, clock: Clock, speaking: CreateProtocol = createHttp1): Fetcher {
  const guard = createGuard(options);
  const origins = new Origins(guard.verdictOf);
  const own = options.lookup === undefined ? createLookup(clock, options.timeoutMs) : null;
  const dns = new DnsCache(options.lookup ?? own!.lookup, clock, options.timeoutMs);
  const budget = options.budget ?? new BodyBudget(BODIES_BYTES_MAX);
  const memory = new BodyMemory();
  const { timeoutMs, minRateBytesPerSecond, responseMsMax, bodyBytesMax } = options;
  const protocol = speaking({ requestHead: createRequestHead(options), memory, bodyBytesMax });
  const dispatcher = new Dispatcher({
    origins,
    clock,
    dns,
    admits: guard.admits,
    ...{ timeoutMs, minRateBytesPerSecond, responseMsMax },
    budget,
    protocol,
    connect: createConnect(options.insecure, protocol.version, onRead),
    connectionsMost: options.connectionsMost ?? Number.POSITIVE_INFINITY,
    onBytes: options.onBytes ?? (() => {}),
  });
  const guarded = guardLayer(origins, clock.wall);
  const limited = limitsLayer(clock.wall);
  const decoded = decodeLayer(options.bodyBytesMax, budget);
  const arrived = transferLayer(options.bodyBytesMax, budget);

  async function close(): Promise<void> {
    dispatcher.close();
    own?.close();
  }

  return {
    fetch: guarded(limited(decoded(arrived(dispatcher.fetch)))),
    connections: dispatcher.figures,
    privateAddresses: (hostnames, withinMs) => privateAddresses(dns, clock, hostnames, withinMs),
    recycle({ rawBody, body }) {
      memory.give(rawBody.buffer);
      // Of what was decoded only that is ours alone which had to grow.
      if (body.buffer !== rawBody.buffer && body.buffer instanceof ArrayBuffer && body.buffer.resizable) {
        memory.give(body.buffer);
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
