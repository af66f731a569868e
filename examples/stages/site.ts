// What a stage knows of its crawl: the URLs that it has seen, and the connections that are free. Nothing here waits.

import { connect, type Socket } from 'node:net';
import { linksOf, REDIRECTS_MAX, type Response, redirectOf, SILENCE_MS_MAX } from './http.ts';

export interface Visit {
  readonly url: string;
  /** Redirects in a row that led here. */
  readonly redirects: number;
}

/** Only URLs on the hosts of the roots are requested, each once. */
export class Site {
  /** Where the crawl begins. */
  readonly roots: readonly Visit[];
  readonly #origins: ReadonlySet<string>;
  readonly #seen = new Set<string>();

  constructor(roots: readonly string[]) {
    this.#origins = new Set(roots.map((root) => new URL(root).origin));
    this.roots = roots.flatMap((root) => this.#add(root, 0));
  }

  /** The URLs that a response leads to and that are new. */
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

/** Open connections that are not in use. */
export class Pool {
  readonly #idle = new Map<string, Socket[]>();

  take({ origin }: URL): Socket | undefined {
    const sockets = this.#idle.get(origin) ?? [];
    // A connection that the server has closed meanwhile is skipped.
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
  // An error on an unused connection does not matter.
  return socket.setTimeout(SILENCE_MS_MAX).on('error', () => {});
}
