// Makes one request at a time, over its own connections: decode > guard > limits > transfer > dispatch. Each layer has
// one concern and its own file. Nothing here waits for a host, follows a redirect or retries.

import { BodyBudget } from '../base/body-budget.ts';
import type { Clock } from '../base/clock.ts';
import type { Fetch, Outcome } from '../base/contracts.ts';
import { BODIES_BYTES_MAX } from '../base/limits.ts';
import { type LoginRules, loginLayer } from './auth/layer.ts';
import { BodyMemory } from './body-memory.ts';
import type { CreateProtocol } from './connection.ts';
import { createDecoding, type Decode, decodeLayer } from './decode.ts';
import { Dispatcher, type DispatchParts } from './dispatch.ts';
import { createGuard, type GuardRules, guardLayer } from './guard.ts';
import { createHttp1 } from './http1/connection.ts';
import { createRequestTail, type RequestHeadOptions } from './http1/request-head.ts';
import { transferLayer } from './http1/transfer.ts';
import { createHttp2 } from './http2/connection.ts';
import { limitsLayer } from './limits.ts';
import { createConnect } from './net/connect.ts';
import { DnsCache, type Lookup } from './net/dns.ts';
import { Intermediates } from './net/intermediates.ts';
import { createLookup } from './net/lookup.ts';
import { Origins } from './net/origins.ts';
import type { ConnectionFigures } from './net/pool.ts';
import { privateAddresses } from './net/private-addresses.ts';
import { createContexts, type TlsRules } from './net/tls-rules.ts';
import { createDistrust } from './net/trust.ts';
import { createEndpoints, typedFor, USUAL_WAYS, type WaysRules } from './net/ways.ts';
import { onRead } from './net/wire.ts';
import { createConnectProxy } from './proxy/connect.ts';
import { proxyLayer } from './proxy/layer.ts';
import { type ProxyRules, Routes } from './proxy/routes.ts';
import { ReadTurns } from './read-turns.ts';
import { type SignFields, signingLayer } from './signature/layer.ts';
import type { ThrottleRules } from './throttle.ts';

export interface FetchOptions extends RequestHeadOptions, GuardRules {
  /** The longest silence in each stage: name, connect, TLS, first byte, between bytes. */
  readonly timeoutMs: number;
  /** A body that is slower than this over `timeoutMs` is cut; 0 turns the limit off. */
  readonly minRateBytesPerSecond: number;
  /** A response that takes longer, from the request to its last byte, is cut. */
  readonly responseMsMax: number;
  /** A longer body is cut, before and after its content coding is removed. */
  readonly bodyBytesMax: number;
  /** Accept any TLS certificate. */
  readonly insecure: boolean;
  /** Fetch the certificates of issuers that servers do not send. */
  readonly aia?: boolean;
  /** Outcomes tell of TLS. */
  readonly tellsTls?: boolean;
  /** Speak HTTP/2 with servers that choose it; without it, HTTP/1.1 with all. */
  readonly http2?: boolean;
  /** The most open connections; without it there is no limit. */
  readonly connectionsMost?: number;
  /** Called with the number of bytes as they come, for every response. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
  /** The memory for bodies; without it the fetcher has its own. */
  readonly budget?: BodyBudget;
  /** What is wanted of TLS beyond what is usual. A client certificate goes to the origins of the secrets alone. */
  readonly tls?: TlsRules | undefined;
  /** Who the user is, for some origins. */
  readonly login?: LoginRules | undefined;
  /** The proxies that requests go through. */
  readonly proxies?: ProxyRules | undefined;
  /** Signs each request; without it none is signed. */
  readonly sign?: SignFields | undefined;
  /** How much is read at the most; without it there is no limit. */
  readonly rate?: ThrottleRules | undefined;
  /** How connections leave this machine, if not as usual. */
  readonly ways?: WaysRules;
  /** Resolves names instead of this machine's own ways. */
  readonly lookup?: Lookup;
}

/** A client with its connections, names and sessions. */
export interface Fetcher extends AsyncDisposable {
  /** If a server asks who the user is, it makes the request again at once. */
  readonly fetch: Fetch;
  /**
   * One request, without `decode`: it ends when the response has come, and its host has nothing to do with it any more.
   */
  readonly receive: Fetch;
  readonly decode: Decode;
  readonly connections: ConnectionFigures;
  /** The private addresses of each name; null for a name that could not be resolved in time. */
  privateAddresses(
    hostnames: readonly string[],
    withinMs: number,
  ): Promise<ReadonlyMap<string, readonly string[] | null>>;
  /**
   * Tells that an outcome's bodies will not be read again; call it at most once per outcome. Their memory is used for
   * other bodies.
   */
  recycle(outcome: Outcome): void;
  /** Aborts the requests in flight and closes all connections. */
  close(): Promise<void>;
}

/**
 * Makes a client. `speaking` are its protocols, in the order in which it prefers them.
 * @throws UsageError if a header of the user cannot be sent.
 */
export function createFetch(
  options: FetchOptions,
  clock: Clock,
  speaking: readonly CreateProtocol[] = options.http2 === true ? [createHttp2, createHttp1] : [createHttp1],
): Fetcher {
  const { proxies, ways = USUAL_WAYS } = options;
  const isTyped = (hostname: string, port: number): boolean => typedFor(ways, hostname, port) !== null;
  const guard = createGuard(options, { names: proxies?.meantNames ?? [], isTyped });
  const routes = proxies === undefined ? null : new Routes(proxies, clock.now);
  const origins = new Origins(guard.verdictOf, routes?.routeOf);
  const ownNames = options.lookup === undefined ? createLookup(clock, options.timeoutMs, ways) : null;
  const dns = new DnsCache(options.lookup ?? ownNames!.lookup, clock, options.timeoutMs);
  const budget = options.budget ?? new BodyBudget(BODIES_BYTES_MAX);
  const memory = new BodyMemory();
  const intermediates = new Intermediates(clock);
  const dispatcher = makeDispatcher(options, speaking, {
    ...{ origins, clock, dns, admits: guard.admits, budget, ways },
    ...{ memory, intermediates },
  });
  const guarded = guardLayer(origins, clock.wall);
  const limited = limitsLayer(clock.wall);
  const decode = createDecoding(options.bodyBytesMax, budget);
  const arrived = transferLayer(options.bodyBytesMax, budget);

  const { sign, headers } = options;
  const written =
    sign === undefined ? dispatcher.fetch : signingLayer(sign, origins, clock.wall, headers)(dispatcher.fetch);
  const sent = routes === null ? written : proxyLayer(routes, origins)(written);
  const { login } = options;
  const own = login === undefined || login.logins.size === 0 ? null : loginLayer(login, origins);
  const whole = arrived(sent);
  const answered = options.aia === true ? intermediates.layer(origins, guarded(limited(whole)))(whole) : whole;
  const receive = guarded(limited(own === null ? answered : own(answered)));
  const decoded = decodeLayer(decode)(receive);
  const fetch: Fetch = async (request, signal) => {
    const outcome = await decoded(request, signal);
    return outcome.isChallenge === true ? fetch(request, signal) : outcome;
  };

  async function close(): Promise<void> {
    ownNames?.close();
    await dispatcher.close();
  }

  return {
    fetch: own === null ? decoded : fetch,
    ...{ receive, decode },
    connections: dispatcher.figures,
    privateAddresses: (hostnames, withinMs) => privateAddresses(dns, clock, hostnames, withinMs),
    recycle({ rawBody, body }) {
      memory.give(rawBody.buffer);
      // Of the decoded memory only a buffer that had to grow belongs to us alone.
      if (body.buffer !== rawBody.buffer && body.buffer instanceof ArrayBuffer && body.buffer.resizable) {
        memory.give(body.buffer);
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** What the dispatcher has in common with the layers around it. */
interface Shared extends Pick<DispatchParts, 'origins' | 'clock' | 'dns' | 'admits' | 'budget' | 'ways'> {
  readonly memory: BodyMemory;
  readonly intermediates: Intermediates;
}

function makeDispatcher(
  options: FetchOptions,
  speaking: readonly CreateProtocol[],
  { memory, intermediates, ...shared }: Shared,
): Dispatcher {
  const { timeoutMs, minRateBytesPerSecond, responseMsMax, bodyBytesMax, insecure, proxies } = options;
  const endpointOf = createEndpoints(shared.ways);
  const contextFor = createContexts(options.tls, options.secrets.origins, intermediates.all);
  const readTurns = new ReadTurns(shared.clock);
  const parts = { requestTail: createRequestTail(options), memory, readTurns, bodyBytesMax };
  const protocols = speaking.map((create) => create(parts));
  const versions = protocols.map(({ version }) => version);
  return new Dispatcher({
    ...shared,
    ...{ timeoutMs, minRateBytesPerSecond, responseMsMax, protocols },
    connect: createConnect({ insecure, contextFor, endpointOf }, versions, onRead),
    connectProxy: createConnectProxy(proxies ?? { insecure: false, ca: null }, onRead, endpointOf),
    distrust: createDistrust({ insecure, onLacking: (origin, lacking) => intermediates.lacks(origin, lacking) }),
    tellsTls: options.tellsTls ?? false,
    connectionsMost: options.connectionsMost ?? Number.POSITIVE_INFINITY,
    onBytes: options.onBytes ?? (() => {}),
    rate: options.rate ?? null,
  });
}
