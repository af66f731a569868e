// A real server on loopback with a site made from a seed: every page can be reached, and requests are logged.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { seededRandom } from './random.ts';

export interface LoggedRequest {
  readonly path: string;
  /** Unanswered requests of the server when this one came, including this one. */
  readonly open: number;
}

export interface Site extends AsyncDisposable {
  readonly root: string;
  readonly log: LoggedRequest[];
  /** Called for each request, before it is answered. */
  onRequest: (request: LoggedRequest, count: number) => void;
}

export type Answer = (path: string, response: ServerResponse, request: IncomingMessage) => void;

/** Whether the path is a sitemap that a crawl only guesses. */
export function isGuess(path: string): boolean {
  return path === '/sitemap.xml' || path === '/sitemap_index.xml';
}

/**
 * Serves `answer` on a free port of loopback. It logs every request except those for robots.txt and the guessed
 * sitemaps. A function for robots.txt that returns nothing has answered itself.
 */
export async function serveSite(
  answer: Answer,
  robots: string | null | ((...asked: Parameters<Answer>) => string | undefined) = null,
  sitemap: string | null = null,
): Promise<Site> {
  const log: LoggedRequest[] = [];
  let open = 0;
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    if (path === '/robots.txt' || isGuess(path)) {
      const isAsked = path === '/robots.txt' && typeof robots === 'function';
      const robotsText = typeof robots !== 'function' ? robots : isAsked ? robots(path, response, request) : null;
      if (robotsText === undefined) return;
      const text = path === '/robots.txt' ? robotsText : path === '/sitemap.xml' ? sitemap : null;
      response.statusCode = text === null ? 404 : 200;
      response.end(text?.replaceAll('ROOT', site.root) ?? '');
      return;
    }
    open += 1;
    response.on('close', () => {
      open -= 1;
    });
    const logged = { path, open };
    log.push(logged);
    site.onRequest(logged, log.length);
    answer(path, response, request);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const site: Site = {
    root: `http://127.0.0.1:${port}/`,
    log,
    onRequest: () => {},
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return site;
}

/**
 * The links of each page of a site with `pages` pages: a tree that reaches all of them, and more links that lead
 * anywhere.
 */
export function makeLinks(seed: number, pages: number, linksPerPage: number): readonly (readonly number[])[] {
  const random = seededRandom(seed);
  const links: number[][] = Array.from({ length: pages }, () => []);
  for (let page = 1; page < pages; page += 1) {
    const parent = Math.floor(random() * Math.min(page, 200 + page / 2));
    links[parent]?.push(page);
  }
  for (const own of links) while (own.length < linksPerPage) own.push(Math.floor(random() * pages));
  return links;
}

export function pathOf(page: number): string {
  return page === 0 ? '/' : `/p/${page % 10}/page-${page}.html`;
}

/** Answers with the pages of `makeLinks`. */
export function pagesAnswer(links: readonly (readonly number[])[]): Answer {
  const bodies = new Map(links.map((own, page) => [pathOf(page), bodyOf(page, own)]));
  return (path, response) => {
    const body = bodies.get(path);
    response.statusCode = body === undefined ? 404 : 200;
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(body ?? 'nothing here');
  };
}

function bodyOf(page: number, links: readonly number[]): string {
  const anchors = links.map((link) => `<p>see <a href="${pathOf(link)}">page ${link}</a></p>`).join('\n');
  return `<!doctype html><title>Page ${page}</title><body>${anchors}</body>`;
}
