// How much memory a crawl takes over the number of hosts and the number of URLs that it has requested, with the archive
// as by default. Run with
//   npm run bench -- memory [--hosts 300000] [--urls 1000000] [--image docs/images/memory.svg]

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { drawLines, type LinePanel } from './chart-image.ts';
import { latenessIn, printLateness } from './lateness.ts';
import { collect, sampleMemory, WORK } from './measure.ts';
import { gossamerCommand } from './peers.ts';
import { startHostServer, startSlowServer } from './servers.ts';
import { machineText, printMachine, printTable, showVerdict, spreadOf } from './table.ts';

interface Watched {
  readonly points: LinePanel['points'];
  readonly rssMaxMb: number;
  readonly seconds: number;
  readonly stdout: string;
}

const MOST_MB = 350;
const EVERY_MS = 500;

const { values } = parseArgs({
  options: {
    hosts: { type: 'string', default: '300000' },
    urls: { type: 'string', default: '1000000' },
    image: { type: 'string' },
  },
});

printMachine();
const hosts = await overHosts(Number(values.hosts));
const urls = await overUrls(Number(values.urls));
console.log('\nMemory over what was requested, one run each\n');
printTable(
  ['', 'requested', 's', 'RSS MB at a tenth', 'at half', 'at the end', 'the most'],
  [
    ['hosts, a page each', ...cellsOf(hosts)],
    ['URLs of one host', ...cellsOf(urls)],
  ],
);
for (const [what, watched] of [
  ['hosts', hosts],
  ['URLs', urls],
] as const) {
  console.log(`\n${what}, MB at most: ${showVerdict(spreadOf([watched.rssMaxMb]), '<=', MOST_MB)}`);
  printLateness(what, [latenessIn(watched.stdout)]);
}
if (values.image !== undefined) {
  const panels = [
    { title: 'over hosts', across: 'hosts', points: hosts.points, most: MOST_MB },
    { title: 'over URLs', across: 'URLs', points: urls.points, most: MOST_MB },
  ];
  const notes = ['Resident memory in MB, with the archive, one run each; dashed: the bound.', machineText()];
  writeFileSync(values.image, drawLines('Memory of a crawl over hosts and over URLs', notes, panels));
  console.log(`\n${values.image}`);
}

async function overHosts(most: number): Promise<Watched> {
  const server = await startHostServer(most, 1, 0);
  try {
    return await watched(server.root, ['--scope', 'any', '--allow-private'], async () => (await server.seen()).pages);
  } finally {
    server.stop();
  }
}

async function overUrls(most: number): Promise<Watched> {
  const server = await startSlowServer(most, 0);
  try {
    return await watched(server.root, ['--no-adapt'], async () => (await server.seen()).requests);
  } finally {
    await server.stop();
  }
}

/** One crawl, with its memory whenever `count` was asked. */
async function watched(root: string, options: readonly string[], count: () => Promise<number>): Promise<Watched> {
  const folder = mkdtempSync(join(WORK, 'memory-'));
  const [node, ...args] = gossamerCommand('crawl', root, ...options, '-q', '--json', '-o', join(folder, 'job'));
  const start = performance.now();
  const child = spawn(node!, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const memory = sampleMemory(child.pid!);
  let isOver = false;
  const ended = collect(child).finally(() => {
    isOver = true;
  });
  const points: (readonly [number, number])[] = [];
  while (!isOver) {
    await Promise.race([sleep(EVERY_MS), ended]);
    const requested = await count();
    if (!isOver) points.push([requested, memory.rssMb.at(-1) ?? 0]);
  }
  const { stdout, stderr } = await ended;
  memory.stop();
  rmSync(folder, { recursive: true });
  if (child.exitCode !== 0) throw new Error(`gossamer ended with ${child.exitCode}:\n${stderr}`);
  return { points, rssMaxMb: memory.rssMaxMb, seconds: (performance.now() - start) / 1000, stdout };
}

function cellsOf({ points, rssMaxMb, seconds }: Watched): string[] {
  const end = points.at(-1)![0];
  const at = (share: number): string => points.find(([count]) => count >= end * share)![1].toFixed(0);
  return [`${end}`, seconds.toFixed(0), at(0.1), at(0.5), at(1), rssMaxMb.toFixed(0)];
}
