// Many hosts behind one listening socket, each an address of 127.0.2.0/24, with pages that form one tree over all of
// them: each page has one page that links to it, mostly on another host. It is the witness of how they were asked.

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface AskedPage {
  readonly host: string;
  readonly path: string;
  /** In steady milliseconds of the server. */
  readonly at: number;
  /** Unanswered requests of the host when this one came, including this one. */
  readonly open: number;
}

export interface LinkedHosts extends AsyncDisposable {
  readonly root: string;
  /** Requests for pages and for robots.txt, in the order in which they came. */
  readonly log: readonly AskedPage[];
  /** Called for each request, before it is answered. */
  onRequest: (count: number) => void;
  /** How long an answer takes. */
  answerMs: number;
}

export interface HostsServed {
  readonly hosts: number;
  readonly pages: number;
  /** How long an answer takes at first. */
  readonly delayMs?: number;
  readonly robots?: string;
}

export async function serveLinkedHosts({ hosts, pages, delayMs = 0, robots = '' }: HostsServed): Promise<LinkedHosts> {
  const log: AskedPage[] = [];
  const open = new Map<string, number>();
  let port = 0;
  const urlOf = (page: number): string => `http://127.0.2.${(page % hosts) + 1}:${port}/${page}`;
  const answer = (path: string, response: ServerResponse): void => {
    const page = Number(path.slice(1));
    if (path === '/robots.txt') response.end(robots);
    else if (!(page < pages)) response.writeHead(404).end();
    else {
      const links = [2 * page + 1, 2 * page + 2].filter((next) => next < pages);
      response.setHeader('content-type', 'text/html');
      response.end(
        `<title>${page}</title>${links.map((next) => `<a href="${urlOf(next)}">x</a>`).join('')}<p>Page ${page} of ${pages}.`,
      );
    }
  };
  const server = createServer((request, response) => {
    const host = request.headers.host ?? '';
    const path = request.url ?? '/';
    const count = (open.get(host) ?? 0) + 1;
    open.set(host, count);
    response.on('close', () => open.set(host, open.get(host)! - 1));
    log.push({ host, path, at: performance.now(), open: count });
    served.onRequest(log.length);
    if (served.answerMs > 0) setTimeout(answer, served.answerMs, path, response);
    else answer(path, response);
  });
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
  const served: LinkedHosts = {
    root: urlOf(0),
    log,
    onRequest: () => {},
    answerMs: delayMs,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return served;
}

/** The least time between two requests of one host, over all hosts. */
export function leastGapMs(log: readonly AskedPage[]): number {
  const last = new Map<string, number>();
  let least = Number.POSITIVE_INFINITY;
  for (const { host, at } of log) {
    least = Math.min(least, at - (last.get(host) ?? Number.NEGATIVE_INFINITY));
    last.set(host, at);
  }
  return least;
}
