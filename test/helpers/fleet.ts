// Many servers on loopback, each with its own address and behaviour. They log when each request came and when it was
// answered, so that a test can check the crawl against what they asked for.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as its server saw it; times are monotonic milliseconds. */
export interface Seen {
  readonly path: string;
  readonly at: number;
  /** Unanswered requests of the server when this one came, including this one. */
  readonly inFlight: number;
  /** 0 while it is not answered, or if the connection was closed without an answer. */
  status: number;
  answeredAt: number;
}

/** How a server answers the `nth` request for a path, counted from 1. */
export interface Manners {
  readonly name: string;
  robots(nth: number, response: ServerResponse): void;
  page(path: string, nth: number, response: ServerResponse, host: Host): void;
}

export interface Host {
  readonly root: string;
  readonly manners: Manners;
  readonly log: readonly Seen[];
}

export interface Fleet extends AsyncDisposable {
  readonly hosts: readonly Host[];
  /** Called for each request with the total number of requests. */
  onRequest: (count: number) => void;
}

/** Serves one host for each of the manners, on 127.1.0.1 and the following addresses. */
export async function serveFleet(manners: readonly Manners[]): Promise<Fleet> {
  let count = 0;
  const fleet = { onRequest: (_count: number): void => {} };
  const started = await Promise.all(
    manners.map((each, at) =>
      serveHost(each, `127.1.0.${at + 1}`, () => {
        count += 1;
        fleet.onRequest(count);
      }),
    ),
  );
  return Object.assign(fleet, {
    hosts: started.map(({ host }) => host),
    async [Symbol.asyncDispose]() {
      await Promise.all(started.map(({ close }) => close()));
    },
  });
}

async function serveHost(manners: Manners, address: string, onRequest: () => void) {
  const log: Seen[] = [];
  const times = new Map<string, number>();
  let inFlight = 0;
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? '/';
    const nth = (times.get(path) ?? 0) + 1;
    times.set(path, nth);
    inFlight += 1;
    const seen: Seen = { path, at: performance.now(), inFlight, status: 0, answeredAt: 0 };
    log.push(seen);
    response.on('finish', () => {
      seen.status = response.statusCode;
      seen.answeredAt = performance.now();
    });
    response.on('close', () => {
      inFlight -= 1;
    });
    onRequest();
    if (path === '/robots.txt') manners.robots(nth, response);
    else manners.page(path, nth, response, host);
  });
  server.listen(0, address);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const host: Host = { root: `http://${address}:${port}/`, manners, log };
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { host, close };
}
