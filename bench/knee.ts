// The limit that a crawl finds by itself, against fixed ones, on real servers of several kinds: pages a second as the
// server counts them, what it refused, and a drawing of the limit over time. Run with
//   npm run bench -- knee [--seconds 30] [--kinds fast,latency,cores,overloaded,rate,changing]
//     [--fixed 1,2,4,8,16,32,64]
//     [--image docs/images/knee.svg]

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { Lateness } from '../src/base/lateness.ts';
import type { KneeCrawl } from './knee-crawl.ts';
import { drawKnees, type KneePanel } from './knee-image.ts';
import type { KneeSeen } from './knee-server.ts';
import { printLateness } from './lateness.ts';
import { collect } from './measure.ts';
import { printMachine, printTable } from './table.ts';

interface Run {
  readonly pagesPerSecond: number;
  /** What the server refused, as a share of all. */
  readonly errors: number;
  readonly inFlightMax: number;
  readonly limits: readonly number[];
  readonly loopLate: Lateness;
}

const MOST = 64;
const WANTED_RATIO = 0.9;
const TITLES: Readonly<Record<string, string>> = {
  fast: '1 ms an answer',
  latency: '200 ms an answer',
  cores: 'four cores, 20 ms',
  overloaded: '503 past 40 at once',
  rate: '429 past 50 a second',
  changing: 'four cores, then 16',
};

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    kinds: { type: 'string', default: Object.keys(TITLES).join(',') },
    fixed: { type: 'string', default: '1,2,4,8,16,32,64' },
    image: { type: 'string' },
  },
});
const seconds = Number(values.seconds);
const fixed = values.fixed.split(',').map(Number);

printMachine();
const rows: (string | number)[][] = [];
const panels: KneePanel[] = [];
const late: Lateness[] = [];
for (const kind of values.kinds.split(',')) {
  const adaptive = await crawlOnce(kind, []);
  const others: Run[] = [];
  for (const most of fixed) others.push(await crawlOnce(kind, ['--no-adapt', '--host-concurrency', `${most}`]));
  const best = others.reduce((a, b) => (b.pagesPerSecond > a.pagesPerSecond ? b : a));
  const bestMost = fixed[others.indexOf(best)]!;
  const ratio = adaptive.pagesPerSecond / best.pagesPerSecond;
  rows.push([
    TITLES[kind] ?? kind,
    ...others.map(({ pagesPerSecond }) => pagesPerSecond.toFixed(0)),
    adaptive.pagesPerSecond.toFixed(0),
    `${ratio.toFixed(2)}${ratio >= WANTED_RATIO ? '' : ' NO'}`,
    percent(best.errors),
    percent(adaptive.errors),
    adaptive.inFlightMax,
  ]);
  late.push(...[adaptive, ...others].map(({ loopLate }) => loopLate));
  panels.push({ title: TITLES[kind] ?? kind, limits: adaptive.limits, best: bestMost });
}
console.log(
  `\nPages a second in ${seconds} s; adaptive with at most ${MOST}; wanted ${WANTED_RATIO} of the best fixed\n`,
);
printTable(
  ['server', ...fixed.map(String), 'adaptive', 'adaptive / best', 'best refused', 'adaptive refused', 'most at once'],
  rows,
);
printLateness('\nin all of them', late);
const image = values.image ?? join(import.meta.dirname, '../docs/images/knee.svg');
writeFileSync(image, drawKnees(panels, seconds, MOST));
console.log(`\n${image}`);

async function crawlOnce(kind: string, args: readonly string[]): Promise<Run> {
  const server = await startServer(kind);
  const file = join(import.meta.dirname, 'knee-crawl.ts');
  const common = ['--root', server.root, '--seconds', `${seconds}`, '--host-concurrency', `${MOST}`];
  const child = spawn(process.execPath, [file, ...common, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const { stdout, stderr } = await collect(child);
  const { pages, refused, inFlightMax, lastedMs } = await server.stop();
  if (child.exitCode !== 0) throw new Error(`the crawl of ${kind} ended with ${child.exitCode}:\n${stderr}`);
  const { limits, loopLate } = JSON.parse(stdout) as KneeCrawl;
  const errors = refused / (pages + refused);
  const run = { pagesPerSecond: (pages * 1000) / lastedMs, errors, inFlightMax, limits, loopLate };
  process.stderr.write(`${kind} ${args.at(-1) ?? 'adaptive'}: ${run.pagesPerSecond.toFixed(0)} a second\n`);
  return run;
}

async function startServer(kind: string): Promise<{ root: string; stop: () => Promise<KneeSeen> }> {
  const file = join(import.meta.dirname, 'knee-server.ts');
  // Two changes in a run.
  const args = ['--kind', kind, '--phase-ms', `${(seconds * 1000) / 3}`];
  const child: ChildProcess = spawn(process.execPath, [file, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout! });
  const nextLine = async (): Promise<unknown> => JSON.parse((await once(lines, 'line'))[0] as string);
  const { root } = (await nextLine()) as { root: string };
  return {
    root,
    stop: async () => {
      const line = nextLine();
      child.stdin!.end();
      return (await line) as KneeSeen;
    },
  };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
