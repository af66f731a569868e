// https over HTTP/1.1 and over HTTP/2, 64 requests at a time, beside Go with the same protocol and asyncio, and beside
// h2load, which only asks: what it gets is the most that the server gives. Then the memory of a connection with TLS,
// and what a handshake costs. Run with
//   npm run bench -- tls [--rounds 3] [--pages 20000] [--connections 5000] [--handshakes 1000]
// It needs more open files than connections, here and in nginx: `ulimit -n 12000`.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../src/base/clock.ts';
import { createFetch, type Fetcher } from '../src/fetch/fetch.ts';
import { measure, WORK } from './measure.ts';
import { startNginx } from './nginx.ts';
import { contenderNamed } from './peers.ts';
import { syntheticSite } from './sites.ts';
import { printMachine, printTable, showSpread, showVerdict, spreadOf } from './table.ts';

interface Run {
  readonly requests: number;
  readonly pagesPerSecond: number;
  readonly usPerPage: number;
  readonly rssMaxMb: number;
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    pages: { type: 'string', default: '20000' },
    connections: { type: 'string', default: '5000' },
    handshakes: { type: 'string', default: '1000' },
  },
});
/** Loads a server and reads nothing of what it says; null where Debian's nghttp2-client is not installed. */
const H2LOAD = spawnSync('h2load', ['--version'], { encoding: 'utf8' }).stdout?.trim() ?? null;
const LOADS: Readonly<Record<string, readonly string[]>> = {
  'h2load, HTTP/1.1': ['--h1', '-c', '64', '-m', '1'],
  'h2load, HTTP/2': ['-c', '1', '-m', '64'],
};
/** By name: the crawler and what is said to it besides. */
const RACE: Readonly<Record<string, readonly [contender: string, ...more: string[]]>> = {
  'gossamer, HTTP/1.1': ['gossamer', '--no-http2'],
  'gossamer, HTTP/2': ['gossamer', '--http2'],
  'Go, HTTP/1.1': ['go'],
  'Go, HTTP/2': ['go', '-http2'],
  'asyncio, HTTP/1.1': ['asyncio'],
};

printMachine();
await using nginx = await startNginx(syntheticSite(Number(values.pages)), { isSecure: true, isHttp2: true });
const { port } = new URL(nginx.root);
const runs = new Map<string, Run[]>(Object.keys({ ...RACE, ...(H2LOAD && LOADS) }).map((name) => [name, []]));
/** What the first crawler asked for, for those that find no links. */
let asked: readonly string[] = [];
for (let round = 0; round < Number(values.rounds); round += 1) {
  for (const [name, made] of runs) made.push(await runOf(name));
}
report();
await measureMemory();
await measureHandshakes();

async function runOf(name: string): Promise<Run> {
  const folder = mkdtempSync(join(WORK, 'job-'));
  const mark = nginx.mark();
  const { code, stderr, wallMs, userMs, sysMs, rssMaxMb } = await measure(commandOf(name, folder), folder);
  rmSync(folder, { recursive: true });
  if (code !== 0) throw new Error(`${name} ended with ${code}:\n${stderr}`);
  const seen = nginx.since(mark);
  if (asked.length === 0) asked = seen.filter(({ status }) => status === 200).map(({ path }) => path);
  const requests = seen.length;
  process.stderr.write(`${name}: ${requests} in ${(wallMs / 1000).toFixed(1)} s\n`);
  return {
    requests,
    pagesPerSecond: (requests * 1000) / wallMs,
    usPerPage: ((userMs + sysMs) * 1000) / requests,
    rssMaxMb,
  };
}

function commandOf(name: string, folder: string): readonly string[] {
  const load = LOADS[name];
  if (load !== undefined) {
    const list = join(folder, 'urls');
    writeFileSync(list, asked.map((path) => new URL(path, nginx.root).href).join('\n'));
    return ['h2load', '-n', `${asked.length}`, ...load, '-i', list];
  }
  const [contender, ...more] = RACE[name]!;
  const command = contenderNamed(contender).command(nginx.root, join(folder, 'job'));
  // Go wants its flags before the root; for gossamer and asyncio the place makes no difference.
  return [...command.slice(0, -1), ...more, command.at(-1)!];
}

function report(): void {
  const spread = (name: string, figure: keyof Run): string =>
    showSpread(spreadOf(runs.get(name)!.map((run) => run[figure])));
  console.log(`\nhttps, ${values.pages} pages, 64 at a time, ${values.rounds} rounds, median (min-max)`);
  console.log(`${H2LOAD ?? 'h2load is missing: apt-get install nghttp2-client'}\n`);
  printTable(
    ['crawler', 'requests', 'pages/s', 'us a page (user+sys)', 'RSS MB'],
    [...runs.keys()].map((name) => [
      name,
      ...(['requests', 'pagesPerSecond', 'usPerPage', 'rssMaxMb'] as const).map((figure) => spread(name, figure)),
    ]),
  );
  console.log('');
  printRatio('gossamer, HTTP/2', 'gossamer, HTTP/1.1', 0.9);
  printRatio('gossamer, HTTP/1.1', 'Go, HTTP/1.1', 1);
  printRatio('gossamer, HTTP/2', 'Go, HTTP/2', 1);
  printRatio('gossamer, HTTP/1.1', 'asyncio, HTTP/1.1', 6);
  printRatio('gossamer, HTTP/2', 'asyncio, HTTP/1.1', 6);
  if (H2LOAD === null) return;
  for (const version of ['HTTP/1.1', 'HTTP/2']) {
    const ratio = showSpread(spreadOf(ratiosOf(`gossamer, ${version}`, `h2load, ${version}`)));
    console.log(`- pages/s, gossamer / h2load, ${version}: ${ratio}`);
  }
}

function ratiosOf(own: string, other: string): number[] {
  return runs.get(own)!.map((run, round) => run.pagesPerSecond / runs.get(other)![round]!.pagesPerSecond);
}

function printRatio(own: string, other: string, least: number): void {
  console.log(`pages/s, ${own} / ${other}: ${showVerdict(spreadOf(ratiosOf(own, other)), '>=', least)}`);
}

function fetcherWith(): Fetcher {
  return createFetch(
    {
      ...{ userAgent: 'gossamer/bench', headers: [], secrets: { origins: new Set<string>(), headers: [] } },
      ...{ timeoutMs: 30_000, minRateBytesPerSecond: 0, responseMsMax: 3_600_000, bodyBytesMax: 1024 * 1024 },
      ...{
        insecure: true,
        http2: false,
        allowPrivate: true,
        allowedHosts: [],
        allowedAddresses: new Map(),
        allowedPorts: [],
      },
      lookup: () => Promise.resolve([{ address: '127.0.0.1', ttlMs: 3_600_000 }]),
    },
    systemClock,
  );
}

/** Asks `count` hosts, each over a connection of its own, which is then idle: as many stay as were busy at once. */
async function askHosts(fetcher: Fetcher, count: number, from = 0, atOnce = 64): Promise<void> {
  const { signal } = new AbortController();
  let next = from;
  const work = async (): Promise<void> => {
    while (next < from + count) {
      next += 1;
      const url = `https://h${next}.test:${port}/nothing`;
      const outcome = await fetcher.fetch({ url, method: 'GET' }, signal);
      if (outcome.status !== 404) throw new Error(`${url}: ${outcome.error} ${outcome.detail}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/** Of HTTP/1.1: what one process has had, a second measurement in it would find again. */
async function measureMemory(): Promise<void> {
  const connections = Number(values.connections);
  await using fetcher = fetcherWith();
  await askHosts(fetcher, 100);
  const before = process.memoryUsage.rss();
  await askHosts(fetcher, connections, 100, connections);
  const open = fetcher.connections.open - 100;
  const kb = (process.memoryUsage.rss() - before) / 1024 / open;
  const what = `KB a connection with TLS, ${open} open`;
  console.log(`${what}: ${showVerdict(spreadOf([kb]), '<=', 60)}`);
}

/** Processor time of ours alone; the second time each host's session is resumed. */
async function measureHandshakes(): Promise<void> {
  const handshakes = Number(values.handshakes);
  await using fetcher = fetcherWith();
  for (const what of ['full', 'resumed']) {
    const before = process.cpuUsage();
    await askHosts(fetcher, handshakes);
    const { user, system } = process.cpuUsage(before);
    const ms = (user + system) / 1000 / handshakes;
    console.log(`ms of processor time a handshake, ${what}: ${showVerdict(spreadOf([ms]), '<=', 2.2)}`);
    // Idle connections end by themselves.
    while (fetcher.connections.open > 0) await new Promise<void>((resolve) => systemClock.after(500, resolve));
  }
}
