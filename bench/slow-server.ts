// A server in a process of its own that answers each request only after a delay, and says robots.txt at once. On plain
// sockets, so that ten thousand connections cost it little. Its site is made while it answers: the root links to the
// hubs, each hub to its leaves, so the whole fan is open after two answers.
//   node bench/slow-server.ts --pages 100000 --delay-ms 2000
// It says {"root": ...} when it listens, and what it saw for each line on its stdin. When its stdin ends it says that
// once more and ends.

import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { pages: { type: 'string', default: '100000' }, 'delay-ms': { type: 'string', default: '2000' } },
});
const pages = Number(values.pages);
const delayMs = Number(values['delay-ms']);
const hubs = Math.min(10_000, pages - 1);
const ROBOTS = 'User-agent: *\nDisallow:\n';

/** What the server says of itself at the end. */
export interface Seen {
  requests: number;
  connections: number;
  connectionsMax: number;
  inFlightMax: number;
  /** Milliseconds since the epoch. */
  firstRequestAt: number;
  lastAnswerAt: number;
}

const seen: Seen = {
  requests: 0,
  connections: 0,
  connectionsMax: 0,
  inFlightMax: 0,
  firstRequestAt: 0,
  lastAnswerAt: 0,
};
let open = 0;
let inFlight = 0;

const server = createServer({ noDelay: true }, (socket) => {
  open += 1;
  seen.connections += 1;
  seen.connectionsMax = Math.max(seen.connectionsMax, open);
  socket.on('error', () => {});
  socket.on('close', () => {
    open -= 1;
  });
  let unread = '';
  socket.on('data', (chunk: Buffer) => {
    unread += chunk.toString('latin1');
    for (let end = unread.indexOf('\r\n\r\n'); end >= 0; end = unread.indexOf('\r\n\r\n')) {
      const path = unread.slice(unread.indexOf(' ') + 1, unread.indexOf(' HTTP/'));
      unread = unread.slice(end + 4);
      take(socket, path);
    }
  });
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 65_535 }, () => {
  const address = server.address();
  console.log(JSON.stringify({ root: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/` }));
});
const tell = (): void => console.log(JSON.stringify(seen));
createInterface({ input: process.stdin })
  .on('line', tell)
  .on('close', () => {
    tell();
    process.exit();
  });

function take(socket: Socket, path: string): void {
  if (path === '/robots.txt') return respond(socket, 200, 'text/plain', ROBOTS);
  if (path.startsWith('/sitemap')) return respond(socket, 404, 'text/plain', '');
  seen.requests += 1;
  seen.firstRequestAt ||= Date.now();
  inFlight += 1;
  seen.inFlightMax = Math.max(seen.inFlightMax, inFlight);
  setTimeout(() => {
    inFlight -= 1;
    seen.lastAnswerAt = Date.now();
    const body = bodyOf(path);
    respond(socket, body === null ? 404 : 200, 'text/html', body ?? '');
  }, delayMs);
}

function respond(socket: Socket, status: number, type: string, body: string): void {
  if (socket.destroyed) return;
  const head = `HTTP/1.1 ${status} ${status === 200 ? 'OK' : 'Not Found'}\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`;
  socket.write(head + body, 'latin1');
}

function bodyOf(path: string): string | null {
  if (path === '/')
    return page(
      'Root',
      Array.from({ length: hubs }, (_, hub) => `/hub/${hub}/`),
    );
  const [, hub, leaf] = /^\/hub\/(\d+)\/(?:page-(\d+)\.html)?$/.exec(path) ?? [];
  if (hub === undefined) return null;
  return leaf === undefined
    ? page(`Hub ${hub}`, ['/', ...leavesOf(Number(hub))])
    : page(`Page ${leaf}`, ['/', `/hub/${hub}/`, `/hub/${(Number(hub) + 1) % hubs}/`]);
}

function leavesOf(hub: number): string[] {
  const leaves: string[] = [];
  for (let leaf = 1 + hubs + hub; leaf < pages; leaf += hubs) leaves.push(`/hub/${hub}/page-${leaf}.html`);
  return leaves;
}

function page(title: string, paths: readonly string[]): string {
  const links = paths.map((path) => `<li><a href="${path}">${path}</a></li>\n`).join('');
  return `<!doctype html>\n<title>${title}</title>\n<h1>${title}</h1>\n<ul>\n${links}</ul>\n`;
}
