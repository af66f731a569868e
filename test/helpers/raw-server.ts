// A server that sends exact bytes, and a fetcher that may talk to it.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import type { Outcome, Request } from '../../src/base/contracts.ts';
import type { CreateProtocol } from '../../src/fetch/connection.ts';
import { createFetch, type Fetcher, type FetchOptions } from '../../src/fetch/fetch.ts';

/** The server's side of a connection, or of one exchange if many share a connection. */
export type Peer = Writable & { resetAndDestroy(): unknown };

export interface RawServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** The text of each request head, and the number of its connection, counted from 1. */
  readonly requests: readonly { readonly head: string; readonly connection: number }[];
  readonly connections: number;
  /** The open ones. */
  readonly sockets: ReadonlySet<Peer>;
}

/**
 * Called for each request head; what it returns is sent as latin1. If it returns null, it sends for itself or not at
 * all.
 */
export type Answer = (socket: Peer, head: string, request: number, connection: number) => string | null;

export async function rawServer(answer: Answer, host = '127.0.0.1', tls?: TlsOptions): Promise<RawServer> {
  const requests: { head: string; connection: number }[] = [];
  const sockets = new Set<Peer>();
  let connections = 0;
  const accept = (socket: Socket): void => {
    connections += 1;
    const connection = connections;
    let pending = '';
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      pending += bytes.toString('latin1');
      for (let end = pending.indexOf('\r\n\r\n'); end >= 0; end = pending.indexOf('\r\n\r\n')) {
        const head = pending.slice(0, end + 4);
        pending = pending.slice(end + 4);
        requests.push({ head, connection });
        const text = answer(socket, head, requests.length, connection);
        if (text !== null) socket.write(text, 'latin1');
      }
    });
  };
  const server = tls === undefined ? createServer(accept) : createTlsServer(tls, accept);
  server.on('tlsClientError', () => undefined);
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${tls === undefined ? 'http' : 'https'}://${host}:${port}/`,
    requests,
    sockets,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Speaks HTTP/1.1 unless another protocol is given, or `http2` is asked for. */
export function fetcherFor(options: Partial<FetchOptions> = {}, ...speaking: readonly CreateProtocol[]): Fetcher {
  return fetcherAt(systemClock, options, ...speaking);
}

/** The same, with its time from `clock`. */
export function fetcherAt(
  clock: Clock,
  options: Partial<FetchOptions>,
  ...speaking: readonly CreateProtocol[]
): Fetcher {
  return createFetch(
    {
      userAgent: 'gossamer/test',
      headers: [],
      secrets: { origins: new Set(), headers: [] },
      timeoutMs: 5_000,
      minRateBytesPerSecond: 0,
      responseMsMax: 3_600_000,
      bodyBytesMax: 1024 * 1024,
      insecure: false,
      allowPrivate: true,
      allowedHosts: [],
      allowedAddresses: new Map(),
      allowedPorts: [],
      ...options,
    },
    clock,
    ...(speaking.length === 0 ? [] : [speaking]),
  );
}

/** Makes one request and returns its outcome. */
export function ask(fetcher: Fetcher, url: string, method: Request['method'] = 'GET'): Promise<Outcome> {
  return fetcher.fetch({ url, method }, new AbortController().signal);
}

/** Resolves once `isSo` is true; loopback needs a few turns of the event loop. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

export function bodyText(outcome: Outcome): string {
  return Buffer.from(outcome.body).toString('latin1');
}
