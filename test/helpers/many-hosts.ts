// A web of very many hosts behind one listening socket: each address of 127.0.0.0/8 is a host of its own. The root, at
// 127.0.0.1, leads to lists of the hosts; each host has a robots.txt and a few pages. It is the witness of how the
// hosts were treated.

import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';

export interface HostsWanted {
  readonly hosts: number;
  /** Pages of each host. */
  readonly pages: number;
  /** The least time between two requests of one host, as the crawl was told. */
  readonly delayMs: number;
  /** How much longer the way of a request to the server may be than that of the next one. */
  readonly wayMs: number;
  /** How long the server takes for a page. */
  readonly latencyMs?: number;
}

export interface HostsSeen {
  requests: number;
  /** Different pages of hosts. */
  pages: number;
  /** Pages that were requested again. */
  repeats: number;
  /** The least time between two requests of one host. */
  leastGapMs: number;
  /** Requests that came sooner after the one before than they might. */
  early: number;
  /** Pages without their robots.txt before, and pages that it forbids. */
  rude: number;
  /** When each hundredth of the pages had come, in milliseconds of the server. */
  readonly marksMs: number[];
}

export interface ManyHosts {
  readonly root: string;
  readonly seen: HostsSeen;
  /** Called for each request. */
  onRequest: () => void;
  close(): void;
}

const LINKS_PER_LIST = 10_000;
/** The first addresses are not used: 127.0.0.1 has the root. */
const FIRST = 256;

export async function startManyHosts({ hosts, pages, delayMs, wayMs, latencyMs = 0 }: HostsWanted): Promise<ManyHosts> {
  const lastAt = new Float64Array(hosts).fill(Number.NEGATIVE_INFINITY);
  const hadRobots = new Uint8Array(hosts);
  /** By host and page. */
  const had = new Uint8Array(hosts * pages);
  const seen: HostsSeen = {
    ...{ requests: 0, pages: 0, repeats: 0, leastGapMs: Number.POSITIVE_INFINITY, early: 0, rude: 0, marksMs: [] },
  };
  let port = 0;

  const note = (host: number, path: string): void => {
    const now = performance.now();
    const gapMs = now - lastAt[host]!;
    lastAt[host] = now;
    seen.leastGapMs = Math.min(seen.leastGapMs, gapMs);
    if (gapMs < delayMs - wayMs) seen.early += 1;
    if (path === '/robots.txt') {
      hadRobots[host] = 1;
      return;
    }
    const page = path === '/' ? 0 : Number(path.slice(1));
    if (!(page < pages) || hadRobots[host] === 0) {
      seen.rude += 1;
      return;
    }
    const at = host * pages + page;
    if (had[at] === 0) seen.pages += 1;
    else seen.repeats += 1;
    had[at] = 1;
    const hundredths = Math.floor((100 * seen.pages) / (hosts * pages));
    while (seen.marksMs.length < hundredths) seen.marksMs.push(now);
  };
  const rootOf = (host: number): string => {
    const at = host + FIRST;
    return `http://127.${at >> 16}.${(at >> 8) & 255}.${at & 255}:${port}/`;
  };
  const linksOf = (host: number, path: string): string[] => {
    if (host >= 0) {
      return path === '/' ? [...Array.from({ length: pages - 1 }, (_, page) => `/${page + 1}`), '/private'] : [];
    }
    const list = /^\/list\/(\d+)$/.exec(path)?.[1];
    if (list === undefined) return Array.from({ length: Math.ceil(hosts / LINKS_PER_LIST) }, (_, at) => `/list/${at}`);
    const from = Number(list) * LINKS_PER_LIST;
    return Array.from({ length: Math.min(LINKS_PER_LIST, hosts - from) }, (_, at) => rootOf(from + at));
  };
  const answer = (host: number, path: string, response: ServerResponse): void => {
    if (path === '/robots.txt') {
      response.setHeader('Content-Type', 'text/plain');
      response.end('User-agent: *\nDisallow: /private\n');
      return;
    }
    response.setHeader('Content-Type', 'text/html');
    const links = linksOf(host, path).map((link) => `<a href="${link}">x</a>\n`);
    response.end(
      `<!doctype html><title>${host} ${path}</title>\n<p>Page ${path} of host ${host}.</p>\n${links.join('')}`,
    );
  };

  const server: Server = createServer((request, response) => {
    seen.requests += 1;
    all.onRequest();
    const [, a, b, c] = (request.headers.host ?? '').split(/[.:]/).map(Number);
    const host = a! * 65_536 + b! * 256 + c! - FIRST;
    if (host >= hosts) {
      response.statusCode = 404;
      response.end();
      return;
    }
    if (host >= 0) note(host, request.url!);
    if (latencyMs > 0) setTimeout(() => answer(host, request.url!, response), latencyMs);
    else answer(host, request.url!, response);
  });
  server.keepAliveTimeout = 2_000;
  server.listen({ port: 0, host: '0.0.0.0', backlog: 4_096 });
  await once(server, 'listening');
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
  const all: ManyHosts = {
    root: `http://127.0.0.1:${port}/`,
    seen,
    onRequest: () => {},
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return all;
}
