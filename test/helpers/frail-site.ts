// A site whose server fails and comes back in the ways that servers do. It logs what was requested, and when.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { systemClock } from '../../src/base/clock.ts';

/** `shut` refuses connections, `resets` breaks each request off, `hangs` accepts requests and does not answer. */
export type Trouble = 'shut' | 'resets' | 'hangs';

export interface FrailSite extends AsyncDisposable {
  readonly root: string;
  readonly log: { readonly path: string; readonly at: number }[];
  /**
   * Called before each answer with the number of requests so far. It must not return a promise, because nothing awaits
   * it.
   */
  onRequest: (count: number, path: string) => void;
  /** Resolves once the site is in this state. Host name, port and log stay the same. */
  be(state: Trouble | 'well'): Promise<void>;
  /** Breaks off in the middle of the next `bodies` bodies, but never twice in the same one. */
  cut(bodies: number): void;
  /** Is in trouble for `ms`. */
  fail(trouble: Trouble, ms: number): Promise<void>;
}

const ANSWER_MS = 5;

/** `pages` pages that the first one links to; requests for the `broken` ones are always reset. */
export async function serveFrailSite(pages: number, broken: readonly string[] = []): Promise<FrailSite> {
  const links = Array.from({ length: pages }, (_, page) => `<a href="/p${page}">${page}</a>`).join('\n');
  const waiting = new Set<ServerResponse>();
  let state: Trouble | 'well' = 'well';
  let cuts = 0;
  const wereCut = new Set<string>();
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const path = request.url ?? '/';
    site.log.push({ path, at: systemClock.now() });
    site.onRequest(site.log.length, path);
    waiting.add(response);
    response.on('close', () => waiting.delete(response));
    systemClock.after(ANSWER_MS, () => reply(path, response));
  };
  const reply = (path: string, response: ServerResponse): void => {
    const { socket } = response;
    if (socket === null || state === 'hangs') return;
    if (state === 'resets' || broken.includes(path)) return reset(socket);
    const isMissing = path === '/robots.txt' || path === '/sitemap.xml';
    response.writeHead(isMissing ? 404 : 200, { 'content-type': 'text/html' });
    if (cuts > 0 && !isMissing && !wereCut.has(path)) {
      cuts -= 1;
      wereCut.add(path);
      response.write('<title>half of', () => reset(socket));
      return;
    }
    response.end(isMissing ? '' : `<title>${path}</title>${path === '/' ? links : ''}`);
  };
  const server = createServer(answer);
  // The site has its own address: outgoing connections of this machine never take its port while it is shut.
  server.listen(0, '127.9.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const be = async (next: Trouble | 'well'): Promise<void> => {
    const isOpen = state !== 'shut';
    state = next;
    if (next === 'resets') for (const { socket } of waiting) if (socket !== null) reset(socket);
    if (next === 'shut' && isOpen) {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    } else if (next !== 'shut' && !isOpen) {
      server.listen(port, '127.9.0.1');
      await once(server, 'listening');
    }
    // Requests that were left hanging are answered late.
    if (next === 'well') for (const response of waiting) reply(response.req.url ?? '/', response);
  };
  const site: FrailSite = {
    root: `http://127.9.0.1:${port}/`,
    log: [],
    onRequest: () => {},
    be,
    cut(bodies) {
      cuts = bodies;
    },
    async fail(trouble, ms) {
      await be(trouble);
      await new Promise<void>((resolve) => void systemClock.after(ms, resolve));
      await be('well');
    },
    async [Symbol.asyncDispose]() {
      if (state === 'shut') return;
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return site;
}

function reset(socket: Socket): void {
  socket.resetAndDestroy();
}
