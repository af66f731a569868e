// The site in a process of its own, so that nothing that befalls a crawl or the harness befalls its log: each request
// is written there and synced before it is answered. One site of one or several hosts at a time; what its server is to
// do comes as messages.

import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isGuess } from '../helpers/site.ts';
import { workerAt } from './machines/own-address.ts';
import { type Page, sitemapOf } from './pages.ts';
import { lenderOf, makeWeb, type Web } from './web.ts';

/** How the next requests for pages are answered. */
export type Trouble =
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter: number | null; readonly requests: number }
  /** The connection is reset before the head, and in the midst of the body, by turns. */
  | { readonly kind: 'reset'; readonly requests: number };

export type Order =
  | {
      readonly order: 'serve';
      readonly seed: number;
      readonly hosts: number;
      /** Of each host. */
      readonly pages: number;
      readonly log: string;
    }
  /** The port is closed, with all connections, and opened again later. */
  | { readonly order: 'away'; readonly ms: number }
  | { readonly order: 'trouble'; readonly trouble: Trouble }
  /** Says so when so many requests for pages have come, and answers that one once it is told to. */
  | { readonly order: 'watch'; readonly requests: number }
  | { readonly order: 'go-on' };

/** One line of the log; `end`: the answer is over, or its connection is. */
export type LogKind = 'page' | 'robots' | 'trouble' | 'cut' | 'end';

const LATENCY_MS = 4;

let web: Web = new Map();
let server: Server | null = null;
let log = -1;
let syncing: Promise<void> | null = null;
let requests = 0;
let watched = Number.POSITIVE_INFINITY;
let trouble: Trouble | null = null;
let troubled = new Map<string, number>();
const held: (() => void)[] = [];
const open = new Map<ServerResponse, string>();

/** What the log says of a request: its path, its host, and the worker that made it. */
function namesOf({ url = '/', headers, socket }: IncomingMessage): string {
  return `${url} ${headers.host} ${workerAt(socket.remoteAddress)}`;
}

/** Resolves once the line is on the disk; lines of one turn of the event loop are synced together. */
function write(kind: LogKind, names: string): Promise<void> {
  writeSync(log, `${process.hrtime.bigint() / 1000n} ${kind} ${names}\n`);
  syncing ??= new Promise((resolve) =>
    setImmediate(() => {
      syncing = null;
      fsyncSync(log);
      resolve();
    }),
  );
  return syncing;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? '/';
  const names = namesOf(request);
  const root = `http://${request.headers.host}`;
  const pages = web.get(root)!;
  response.on('close', () => {
    open.delete(response);
    if (web.size > 1) void write('end', names);
  });
  if (path === '/robots.txt' || isGuess(path)) {
    await write('robots', names);
    const lender = path === '/robots.txt' ? lenderOf(root, web) : null;
    if (lender !== null) return void response.writeHead(302, { location: `${lender}/robots.txt` }).end();
    response.end(path === '/robots.txt' ? pages.robots.replace('ROOT', root) : sitemapOf(pages, root));
    return;
  }
  const wrong = troubleFor(root + path);
  const logged = write(wrong === null ? 'page' : 'trouble', names);
  open.set(response, names);
  requests += 1;
  if (requests >= watched) {
    watched = Number.POSITIVE_INFINITY;
    const goOn = new Promise<void>((resolve) => void held.push(resolve));
    process.send!({ reached: names });
    await goOn;
  }
  await logged;
  await new Promise((resolve) => setTimeout(resolve, (path.length * 7) % (LATENCY_MS + 1)));
  const page = pages.all.get(path);
  if (wrong !== null) beWrong(wrong, request, response, page);
  else if (page === undefined) response.writeHead(500).end('this was never linked');
  else response.writeHead(page.status, { 'content-type': page.type, ...page.headers }).end(page.body);
}

/** No URL is troubled more than twice: then its tries still suffice. */
function troubleFor(url: string): Trouble | null {
  const before = troubled.get(url) ?? 0;
  if (trouble === null || trouble.requests === 0 || before >= 2) return null;
  trouble = { ...trouble, requests: trouble.requests - 1 };
  troubled.set(url, before + 1);
  return trouble;
}

function beWrong(wrong: Trouble, request: IncomingMessage, response: ServerResponse, page: Page | undefined): void {
  if (wrong.kind === 'status') {
    const headers = wrong.retryAfter === null ? {} : { 'retry-after': String(wrong.retryAfter) };
    response.writeHead(wrong.status, headers).end('not now');
  } else if (wrong.requests % 2 === 0 || page === undefined) request.socket.resetAndDestroy();
  else {
    response.writeHead(page.status, { 'content-type': page.type, 'content-length': page.body.length + 1 });
    response.write(page.body, () => request.socket.resetAndDestroy());
  }
}

/** Each address of 127.0.0.0/8 is a host of its own. */
function listen(port: number, hosts: number): Promise<number> {
  server = createServer((request, response) => void answer(request, response));
  server.keepAliveTimeout = 60_000;
  return new Promise((resolve) => {
    const address = hosts > 1 ? '0.0.0.0' : '127.0.0.1';
    server!.listen(port, address, () => resolve((server!.address() as AddressInfo).port));
  });
}

async function close(): Promise<void> {
  await Promise.all([...open.values()].map((names) => write('cut', names)));
  open.clear();
  const closing = server;
  server = null;
  await new Promise<void>((resolve) => {
    if (closing === null) return resolve();
    closing.close(() => resolve());
    closing.closeAllConnections();
  });
}

async function obey(order: Order): Promise<void> {
  if (order.order === 'serve') {
    await close();
    if (log >= 0) closeSync(log);
    log = openSync(order.log, 'a');
    requests = 0;
    watched = Number.POSITIVE_INFINITY;
    trouble = null;
    troubled = new Map();
    const port = await listen(0, order.hosts);
    web = makeWeb(order.seed, order.hosts, order.pages, port);
    process.send!({ port });
  } else if (order.order === 'watch') watched = requests + order.requests;
  else if (order.order === 'trouble') trouble = order.trouble;
  else if (order.order === 'go-on') for (const resolve of held.splice(0)) resolve();
  else {
    const { port } = server!.address() as AddressInfo;
    await close();
    setTimeout(() => void listen(port, web.size), order.ms);
  }
}

process.on('message', (order: Order) => void obey(order));
process.on('disconnect', () => process.exit());
