// Very many hosts with a few pages each: how much memory they take, whether the crawl becomes slower, whether each host
// keeps its delay, and how long it takes to go on after a kill in the middle. Each address of 127.0.0.0/8 is a host;
// one socket serves them all. Run with
//   npm run bench -- hosts [--hosts 300000] [--pages 3] [--delay-ms 1000] [--concurrency 100] [--no-archive]

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { HostsSeen } from '../test/helpers/many-hosts.ts';
import { latenessIn, printLateness } from './lateness.ts';
import { collect, sampleMemory, WORK } from './measure.ts';
import { gossamerCommand } from './peers.ts';
import { startHostServer } from './servers.ts';
import { printMachine, printTable, showVerdict, spreadOf } from './table.ts';

interface Ran {
  /** What the crawl printed; empty if it was killed. */
  readonly summary: string;
  readonly rssMaxMb: number;
  readonly seconds: number;
}

const { values } = parseArgs({
  options: {
    hosts: { type: 'string', default: '300000' },
    pages: { type: 'string', default: '3' },
    'delay-ms': { type: 'string', default: '1000' },
    concurrency: { type: 'string', default: '100' },
    'no-archive': { type: 'boolean', default: false },
  },
});
const hosts = Number(values.hosts);
const pages = Number(values.pages);
const folder = mkdtempSync(join(WORK, 'hosts-'));
const job = join(folder, 'job');
const server = await startHostServer(hosts, pages, Number(values['delay-ms']));

printMachine();
try {
  const options = ['--scope', 'any', '--allow-private', '--delay', values['delay-ms'], '-c', values.concurrency];
  if (values['no-archive']) options.push('--no-archive');
  const command = gossamerCommand('crawl', server.root, ...options, '-q', '--json', '-o', job);
  const first = await crawlUntil(command, async () => (await server.seen()).pages >= (hosts * pages) / 2);
  const killedAt = Date.now();
  const requestAt = server.nextRequestAt();
  const second = crawlUntil(command, () => false);
  const resumedMs = (await requestAt) - killedAt;
  report([first, await second], resumedMs, await server.seen());
} finally {
  server.stop();
  rmSync(folder, { recursive: true });
}

/** Runs to its end, or kills it when `isEnough`. */
async function crawlUntil(
  [node, ...args]: readonly string[],
  isEnough: () => boolean | Promise<boolean>,
): Promise<Ran> {
  const start = performance.now();
  const child = spawn(node!, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const memory = sampleMemory(child.pid!);
  let isOver = false;
  const ended = collect(child).then((said) => {
    isOver = true;
    return said;
  });
  while (!isOver && !(await isEnough())) await Promise.race([sleep(200), ended]);
  if (!isOver) child.kill('SIGKILL');
  const { stdout, stderr } = await ended;
  memory.stop();
  if (child.exitCode !== 0 && child.signalCode !== 'SIGKILL')
    throw new Error(`gossamer ended with ${child.exitCode}:\n${stderr}`);
  return { summary: stdout, rssMaxMb: memory.rssMaxMb, seconds: (performance.now() - start) / 1000 };
}

/** Pages a second from one hundredth of the pages to another. The kill in the middle is in neither tenth. */
function rateOf({ marksMs }: HostsSeen, from: number, to: number): number {
  return ((to - from) * hosts * pages * 10) / (marksMs[to - 1]! - marksMs[from - 1]!);
}

function report(runs: readonly Ran[], resumedMs: number, had: HostsSeen): void {
  const rssMaxMb = Math.max(...runs.map((run) => run.rssMaxMb));
  const [firstTenth, lastTenth] = [rateOf(had, 1, 10), rateOf(had, 91, 100)];
  const storeMb = statSync(join(job, 'gossamer.db')).size / 2 ** 20;
  console.log(`\n${hosts} hosts with ${pages} pages each, ${values['delay-ms']} ms between two requests of a host\n`);
  printTable(
    [
      'pages',
      'again',
      'requests',
      'pages/s first tenth',
      'last tenth',
      'RSS MB',
      'store MB',
      'least gap ms',
      'early',
      'rude',
    ],
    [
      [
        ...[had.pages, had.repeats, had.requests, firstTenth.toFixed(0), lastTenth.toFixed(0)],
        ...[rssMaxMb.toFixed(0), storeMb.toFixed(0), had.leastGapMs.toFixed(0), had.early, had.rude],
      ],
    ],
  );
  const one = (value: number) => spreadOf([value]);
  console.log(`\nMB resident: ${showVerdict(one(rssMaxMb), '<=', 350)}`);
  console.log(`last tenth over first: ${showVerdict(one(lastTenth / firstTenth), '>=', 0.9)}`);
  console.log(`requests that came too early: ${showVerdict(one(had.early + had.rude), '<=', 0)}`);
  console.log(`seconds from the kill to the next request: ${showVerdict(one(resumedMs / 1000), '<=', 5)}`);
  console.log(`pages: ${showVerdict(one(had.pages), '>=', hosts * pages)}`);
  printLateness('in both runs', [latenessIn(runs.at(-1)!.summary)]);
}
