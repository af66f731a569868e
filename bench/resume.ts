// A job with a million queued URLs: how long from the start of the program to the first request that the server sees.
// Run with
//   npm run bench -- resume [--rounds 3] [--urls 1000000]

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { collect, measure, WORK } from './measure.ts';
import { gossamerCommand } from './peers.ts';
import { printMachine, printTable, showSpread, showVerdict, spreadOf } from './table.ts';

interface Resumed {
  /** To the first request of any kind, and to the first for a URL of the job. */
  readonly requestMs: number;
  readonly pageMs: number;
}

const LINKS_PER_HUB = 50_000;
const URL_LENGTH = 67;
const MINUTES = 60_000;

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, urls: { type: 'string', default: '1000000' } },
});
const rounds = Number(values.rounds);
const hubs = Math.ceil(Number(values.urls) / LINKS_PER_HUB);

/** Told of each request; the answer waits for it to say whether there shall be one. */
let onRequest = (_path: string): boolean => true;
const server = createServer((request, response) => {
  if (onRequest(request.url!)) answer(request.url!, response);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
const root = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
const folder = mkdtempSync(join(WORK, 'job-'));
const job = join(folder, 'job');
const crawl = gossamerCommand('crawl', root, '--no-adapt', '--no-archive', '-q', '-o', job);

printMachine();
try {
  // The root and the hubs are asked for and nothing more; what they link to stays queued.
  const made = await measure([...crawl, '--limit', `${hubs + 1}`]);
  if (made.code !== 16)
    throw new Error(`gossamer ended with ${made.code} where its limit was to stop it:\n${made.stderr}`);
  const { stdout } = await measure(gossamerCommand('status', job, '--json'));
  const { queued } = (JSON.parse(stdout) as { urls: { queued: number } }).urls;
  const bytes = statSync(join(job, 'gossamer.db')).size;
  process.stderr.write(`${queued} queued after ${(made.wallMs / 1000).toFixed(1)} s\n`);
  const runs: Resumed[] = [];
  for (let round = 0; round < rounds; round += 1) runs.push(await resume());
  report(queued, bytes, made.rssMaxMb, runs);
} finally {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
}

/** Starts the job again and kills it once it has asked for a page, which it never gets. */
async function resume(): Promise<Resumed> {
  const start = performance.now();
  let requestMs = 0;
  const pageMs = new Promise<number>((resolve) => {
    onRequest = (path) => {
      requestMs ||= performance.now() - start;
      if (path !== '/robots.txt') resolve(performance.now() - start);
      return path === '/robots.txt';
    };
  });
  const [node, ...args] = crawl;
  const child = spawn(node!, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 5 * MINUTES });
  const ended = collect(child);
  const result = await Promise.race([
    pageMs,
    ended.then(({ stderr }) => new Error(`gossamer ended first:\n${stderr}`)),
  ]);
  if (result instanceof Error) throw result;
  child.kill('SIGKILL');
  await ended;
  return { requestMs, pageMs: result };
}

function answer(path: string, response: ServerResponse): void {
  if (path === '/robots.txt')
    return void response.setHeader('Content-Type', 'text/plain').end('User-agent: *\nDisallow:\n');
  const hub = /^\/hub\/(\d+)\.html$/.exec(path)?.[1];
  let links: string[] = [];
  if (path === '/') links = Array.from({ length: hubs }, (_, each) => `/hub/${each}.html`);
  if (hub !== undefined)
    links = Array.from({ length: LINKS_PER_HUB }, (_, each) => leaf(Number(hub) * LINKS_PER_HUB + each));
  response.setHeader('Content-Type', 'text/html');
  response.end(`<!doctype html><title>${path}</title>\n${links.map((link) => `<a href="${link}">x</a>\n`).join('')}`);
}

/** A path that makes a URL of 67 characters. */
function leaf(number: number): string {
  const end = `/page-${String(number).padStart(8, '0')}.html`;
  const start = '/articles/some-readable-words-that-fill-the-space';
  return `${start.slice(0, URL_LENGTH - (root.length - 1) - end.length)}${end}`;
}

function report(queued: number, bytes: number, rssMaxMb: number, runs: readonly Resumed[]): void {
  const request = spreadOf(runs.map(({ requestMs }) => requestMs / 1000));
  const page = spreadOf(runs.map(({ pageMs }) => pageMs / 1000));
  console.log(`\n${rounds} starts, each killed after its first request; median (min-max)\n`);
  printTable(
    ['queued URLs', 'bytes of store a URL', 'RSS MB while they came', 'first request s', 'first page s'],
    [[queued, (bytes / queued).toFixed(0), rssMaxMb.toFixed(0), showSpread(request), showSpread(page)]],
  );
  console.log(`\nseconds from the start of the program to the first page: ${showVerdict(page, '<=', 5)}`);
}
