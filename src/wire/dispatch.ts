// The transport: one request on one connection, kept alive for the next. It owns the connections. It never queues: where no idle
// connection of the host is left it makes one, and how many there are is up to the caller.

import type { Clock } from '../base/clock.ts';
import type { Fetch, Request } from '../base/contracts.ts';
import type { ErrorCode } from '../base/errors.ts';
import { IDLE_CONNECTION_MS, IDLE_CONNECTIONS_MAX, READ_BUFFER_BYTES, TLS_SESSIONS_MAX } from '../base/limits.ts';
import { AddressRefused, type Connector, connectTo } from './connect.ts';
import type { Connection, ConnectionHome } from './connection.ts';
import type { Resolve } from './dns.ts';
import { Exchange } from './exchange.ts';
import { detailOf, errorCodeOf } from './failures.ts';
import { refusal, UNSENT } from './guard.ts';
import { type Origin, originOf, targetOf } from './origin.ts';

export interface DispatchRules {
  readonly timeoutMs: number;
  readonly minRateBytesPerSecond: number;
  readonly bodyBytesMax: number;
  readonly insecure: boolean;
  /** The head's lines after Host, each ended by CR LF. */
  readonly headLines: (origin: string) => string;
  readonly resolve: Resolve;
  readonly allowsAddress: (hostname: string, address: string) => boolean;
}

export interface ConnectionCounts {
  readonly open: number;
  readonly opened: number;
  readonly reused: number;
  readonly replayed: number;
}

export interface Dispatcher {
  readonly dispatch: Fetch;
  readonly connections: ConnectionCounts;
  close(): void;
}

/** A host that has been talked to: what its requests have in common. */
interface Peer {
  readonly origin: Origin;
  readonly headStart: string;
  readonly headLines: string;
  readonly idle: Connection[];
}

const PEERS_MAX = 20_000;

export function createDispatcher(rules: DispatchRules, clock: Clock, wheel: ConnectionHome['wheel']): Dispatcher {
  const peers = new Map<string, Peer>();
  const open = new Set<Connection>();
  const idle = new Set<Connection>();
  const stops = new WeakMap<AbortSignal, Set<() => void>>();
  const counts = { opened: 0, reused: 0, replayed: 0 };

  const home: ConnectionHome = {
    readBuffer: Buffer.allocUnsafeSlow(READ_BUFFER_BYTES),
    wheel,
    timeoutMs: rules.timeoutMs,
    minRateBytesPerSecond: rules.minRateBytesPerSecond,
    rejectUnauthorized: !rules.insecure,
    monotonic: clock.monotonic,
    sessions: new Map(),
    onIdle(connection) {
      connection.idleUntil = wheel.now + IDLE_CONNECTION_MS;
      idle.add(connection);
      peerOf(connection.origin.key).idle.push(connection);
      if (idle.size > IDLE_CONNECTIONS_MAX) first(idle)?.destroy();
    },
    onClosed(connection) {
      open.delete(connection);
      if (idle.delete(connection)) forget(peerOf(connection.origin.key).idle, connection);
    },
    onStale(exchange) {
      counts.replayed += 1;
      exchange.isReplay = true;
      void sendOnNew(exchange);
    },
    onSession(key, session) {
      home.sessions.set(key, session);
      if (home.sessions.size > TLS_SESSIONS_MAX) home.sessions.delete(first(home.sessions.keys()) ?? '');
    },
  };
  const connector: Connector = { home, resolve: rules.resolve, clock, allows: rules.allowsAddress };

  function peerOf(key: string): Peer {
    const known = peers.get(key);
    if (known !== undefined) return known;
    const origin = originOf(key);
    if (origin === null) throw new TypeError(`not an origin: ${key}`);
    const peer = {
      origin,
      headStart: ` HTTP/1.1\r\nHost: ${origin.authority}\r\n`,
      headLines: rules.headLines(origin.key),
      idle: [],
    };
    if (peers.size >= PEERS_MAX) for (const [old, { idle: left }] of peers) if (left.length === 0) peers.delete(old);
    peers.set(key, peer);
    return peer;
  }

  function takeIdle(peer: Peer): Connection | null {
    for (let connection = peer.idle.pop(); connection !== undefined; connection = peer.idle.pop()) {
      idle.delete(connection);
      if (connection.isIdle && connection.idleUntil > wheel.now) return connection;
      connection.destroy();
    }
    return null;
  }

  async function sendOnNew(exchange: Exchange): Promise<void> {
    let current: Connection | null = null;
    const onAttempt = (attempt: Connection): void => {
      current = attempt;
      open.add(attempt);
      counts.opened += 1;
    };
    try {
      const connection = await connectTo(connector, exchange.origin, onAttempt);
      if (exchange.isOver) return connection.destroy();
      send(connection, exchange);
    } catch (error) {
      const attempted = current as Connection | null;
      if (attempted !== null) exchange.remoteAddress = attempted.address;
      if (error instanceof AddressRefused) return exchange.resolve(refusal(exchange.request, 'address', error.message));
      const failure = (error as { failure?: ErrorCode | null }).failure;
      exchange.finish(
        clock.monotonic(),
        failure ?? errorCodeOf(error, exchange.origin.isTls && !isSystem(error)),
        null,
        detailOf(error),
      );
    }
  }

  function send(connection: Connection, exchange: Exchange): void {
    exchange.connection = connection;
    connection.send(exchange);
  }

  /** One listener a signal, however many requests share it. */
  function watch(signal: AbortSignal): Set<() => void> {
    let stopping = stops.get(signal);
    if (stopping === undefined) {
      const all = new Set<() => void>();
      stopping = all;
      stops.set(signal, all);
      signal.addEventListener('abort', () => {
        for (const stop of all) stop();
      });
    }
    return stopping;
  }

  const dispatch: Fetch = (request, signal) =>
    new Promise((resolve) => {
      const target = targetOf(request.url) ?? targetOf(new URL(request.url).href.replace(/\/\/[^/]*@/, '//'));
      if (signal.aborted || target === null) {
        return resolve({ ...UNSENT, url: request.url, error: 'aborted', startedAt: clock.now() });
      }
      const peer = peerOf(target.origin);
      const head = `${request.method} ${target.path}${peer.headStart}${linesOf(request, peer.headLines)}\r\n`;
      const stopping = watch(signal);
      const exchange: Exchange = new Exchange(
        request,
        peer.origin,
        head,
        rules.bodyBytesMax,
        clock.now(),
        clock.monotonic(),
        (outcome) => {
          stopping.delete(stop);
          resolve(outcome);
        },
      );
      const stop = (): void => {
        if (exchange.connection === null) exchange.finish(clock.monotonic(), 'aborted', null, 'stopped');
        else exchange.connection.abort();
      };
      stopping.add(stop);
      const connection = takeIdle(peer);
      if (connection === null) return void sendOnNew(exchange);
      counts.reused += 1;
      send(connection, exchange);
    });

  return {
    dispatch,
    connections: {
      get open() {
        return open.size;
      },
      get opened() {
        return counts.opened;
      },
      get reused() {
        return counts.reused;
      },
      get replayed() {
        return counts.replayed;
      },
    },
    close() {
      for (const connection of [...open]) connection.abort();
      wheel.close();
    },
  };
}

/** The request's own headers take the place of ours of the same name. */
function linesOf(request: Request, ours: string): string {
  const own = request.headers ?? [];
  if (own.length === 0) return ours;
  const names = new Set(own.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase()));
  const kept = ours
    .split('\r\n')
    .filter((line) => line !== '' && !names.has(line.slice(0, line.indexOf(':')).toLowerCase()));
  for (let i = 0; i + 1 < own.length; i += 2) kept.push(`${own[i]}: ${own[i + 1]}`.replace(/[\r\n]+/g, ' '));
  return kept.map((line) => `${line}\r\n`).join('');
}

function isSystem(error: unknown): boolean {
  return typeof (error as { syscall?: unknown }).syscall === 'string';
}

function first<T>(values: Iterable<T>): T | undefined {
  for (const value of values) return value;
  return undefined;
}

function forget<T>(list: T[], item: T): void {
  const at = list.indexOf(item);
  if (at >= 0) list.splice(at, 1);
}
