// Servers of several kinds, each in a process of its own: how much they can take is known, so that what a crawler finds
// by itself can be compared with it. The site has no end: each page links to two that nobody has seen.
//   node bench/knee-server.ts --kind rate [--phase-ms 10000]
// It says {"root": ...} when it listens. When its stdin ends it says what it saw and ends.

import { createServer, type ServerResponse } from 'node:http';
import { parseArgs } from 'node:util';

/** What the server says of itself at the end; robots.txt not counted. */
export interface KneeSeen {
  pages: number;
  refused: number;
  inFlightMax: number;
  /** Milliseconds between the first request and the last answer. */
  lastedMs: number;
}

type Take = (response: ServerResponse, path: string) => void;

const { values } = parseArgs({
  options: { kind: { type: 'string', default: 'fast' }, 'phase-ms': { type: 'string', default: '10000' } },
});
const phaseMs = Number(values['phase-ms']);
const ROBOTS = 'User-agent: *\nDisallow:\n';
const FIRST_LINKS = 1_000;

/** As in test/pace/servers.ts, in real time. */
const KINDS: Readonly<Record<string, () => Take>> = {
  fast: () => after(1),
  latency: () => after(200),
  cores: () => cores(() => 4, 20),
  overloaded: () => overloadedPast(40, 100),
  rate: () => limitedRate(50, 20, 50, 2),
  changing: () => cores(() => ((performance.now() / phaseMs) % 2 < 1 ? 4 : 16), 20),
};

const seen: KneeSeen = { pages: 0, refused: 0, inFlightMax: 0, lastedMs: 0 };
let inFlight = 0;
let firstAt = 0;
const take = KINDS[values.kind]?.();
if (take === undefined) throw new Error(`--kind: one of ${Object.keys(KINDS).join(', ')}`);

const server = createServer({ noDelay: true, keepAliveTimeout: 60_000 }, (request, response) => {
  const path = request.url ?? '/';
  if (path === '/robots.txt') return void response.setHeader('Content-Type', 'text/plain').end(ROBOTS);
  firstAt ||= performance.now();
  inFlight += 1;
  seen.inFlightMax = Math.max(seen.inFlightMax, inFlight);
  response.on('close', () => {
    inFlight -= 1;
    seen.lastedMs = performance.now() - firstAt;
  });
  take(response, path);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(JSON.stringify({ root: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/` }));
});
process.stdin.resume().on('end', () => {
  console.log(JSON.stringify(seen));
  process.exit();
});

function after(ms: number): Take {
  return (response, path) => void setTimeout(() => answer(response, path), ms);
}

function cores(count: () => number, serviceMs: number): Take {
  const queue: (() => void)[] = [];
  let busy = 0;
  const next = (): void => {
    const work = busy < count() ? queue.shift() : undefined;
    if (work === undefined) return;
    busy += 1;
    setTimeout(() => {
      busy -= 1;
      work();
      next();
    }, serviceMs);
    next();
  };
  return (response, path) => {
    queue.push(() => answer(response, path));
    next();
  };
}

function overloadedPast(most: number, ms: number): Take {
  // The request itself is counted already.
  return (response, path) => {
    if (inFlight > most) refuse(response, 503);
    else setTimeout(() => answer(response, path), ms);
  };
}

function limitedRate(perSecond: number, burst: number, ms: number, retryAfterS: number): Take {
  let tokens = burst;
  let filledAt = performance.now();
  return (response, path) => {
    const now = performance.now();
    tokens = Math.min(burst, tokens + ((now - filledAt) * perSecond) / 1000);
    filledAt = now;
    if (tokens < 1) return refuse(response.setHeader('Retry-After', retryAfterS), 429);
    tokens -= 1;
    setTimeout(() => answer(response, path), ms);
  };
}

function refuse(response: ServerResponse, status: number): void {
  seen.refused += 1;
  response.statusCode = status;
  response.end();
}

function answer(response: ServerResponse, path: string): void {
  seen.pages += 1;
  const page = Number(/^\/p\/(\d+)$/.exec(path)?.[1] ?? 0);
  const first = page === 0 ? 1 : page * 2 + FIRST_LINKS;
  const links = Array.from({ length: page === 0 ? FIRST_LINKS : 2 }, (_, each) => `<a href="/p/${first + each}">x</a>`);
  response.setHeader('Content-Type', 'text/html').end(`<!doctype html><title>${page}</title>${links.join('\n')}`);
}
