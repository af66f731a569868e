// What a stage knows of its crawl: the URLs that it has seen, and the connections that nobody uses just now. None of it
// waits.

import { connect, type Socket } from 'node:net';
import { linksOf, REDIRECTS_MAX, type Response, redirectOf, SILENCE_MS_MAX } from './http.ts';

export interface Visit {
  readonly url: string;
  /** Redirects in a row that led here. */
  readonly redirects: number;
}

/** Only what is on the hosts of the roots is asked, and nothing twice. */
export class Site {
  /** Where the crawl begins. */
  readonly roots: readonly Visit[];
  readonly #origins: ReadonlySet<string>;
  readonly #seen = new Set<string>();

  constructor(roots: readonly string[]) {
    this.#origins = new Set(roots.map((root) => new URL(root).origin));
    this.roots = roots.flatMap((root) => this.#add(root, 0));
  }

  /** What a response leads to and nobody has seen. */
  found({ url, redirects }: Visit, response: Response): Visit[] {
    const target = redirectOf(url, response);
    if (target !== null && redirects === REDIRECTS_MAX) throw new Error('redirects');
    if (target !== null) return this.#add(target, redirects + 1);
    return linksOf(url, response).flatMap((link) => this.#add(link, 0));
  }

  #add(url: string, redirects: number): Visit[] {
    if (this.#seen.has(url) || !this.#origins.has(new URL(url).origin)) return [];
    this.#seen.add(url);
    return [{ url, redirects }];
  }
}

/** Connections that the server keeps open and nobody uses. */
export class Pool {
  readonly #idle = new Map<string, Socket[]>();

  take({ origin }: URL): Socket | undefined {
    const sockets = this.#idle.get(origin) ?? [];
    // One that the server has closed meanwhile is passed over.
    for (let socket = sockets.pop(); socket !== undefined; socket = sockets.pop()) {
      if (!socket.destroyed && !socket.readableEnded) return socket;
    }
    return undefined;
  }

  keep({ origin }: URL, socket: Socket): void {
    const sockets = this.#idle.get(origin) ?? [];
    this.#idle.set(origin, sockets);
    sockets.push(socket);
    // A paused socket would not notice its end.
    socket.resume();
  }

  close(): void {
    for (const sockets of this.#idle.values()) for (const socket of sockets) socket.destroy();
  }
}

export function dial({ hostname, port }: URL): Socket {
  const socket = connect({ host: hostname, port: Number(port || 80), noDelay: true });
  // What goes wrong with a connection that nobody uses is nobody's business.
  return socket.setTimeout(SILENCE_MS_MAX).on('error', () => {});
}
