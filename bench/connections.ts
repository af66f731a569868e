// Ten thousand connections to a server that takes two seconds an answer: how close the crawl comes to the time that the
// delay alone dictates, and what a connection costs in memory. Run with
//   npm run bench -- connections [--rounds 3] [--connections 10000] [--pages 100000] [--delay-ms 2000]
// It needs more open files than connections, here and in the server: `ulimit -n 20000`.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Lateness } from '../src/base/lateness.ts';
import { latenessIn, printLateness } from './lateness.ts';
import { collect, sampleMemory, WORK } from './measure.ts';
import { gossamerCommand } from './peers.ts';
import { startSlowServer } from './servers.ts';
import type { Seen } from './slow-server.ts';
import { printMachine, printTable, showSpread, showVerdict, spreadOf } from './table.ts';

interface Run {
  readonly wallMs: number;
  readonly rssMaxMb: number;
  readonly seen: Seen;
  /** Processor time of the event loop's thread. */
  readonly loopMs: number;
  readonly loopLate: Lateness;
}

/** The run to compare with: the same crawl with few connections, and a server so much faster that it takes as long. */
const FEW = 100;
const LOOP_TIME = join(import.meta.dirname, 'loop-time.js');

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '10000' },
    pages: { type: 'string', default: '100000' },
    'delay-ms': { type: 'string', default: '2000' },
  },
});
const rounds = Number(values.rounds);
const connections = Number(values.connections);
const pages = Number(values.pages);
const delayMs = Number(values['delay-ms']);

printMachine();
const many: Run[] = [];
const few: Run[] = [];
for (let round = 0; round < rounds; round += 1) {
  many.push(await crawlWith(connections, delayMs));
  few.push(await crawlWith(FEW, (delayMs * FEW) / connections));
}
report();

async function crawlWith(concurrency: number, answerMs: number): Promise<Run> {
  const server = await startSlowServer(pages, answerMs);
  const folder = mkdtempSync(join(WORK, 'job-'));
  const [node, ...args] = gossamerCommand(
    ...[
      'crawl',
      server.root,
      '-c',
      `${concurrency}`,
      '--host-concurrency',
      `${concurrency}`,
      '--no-adapt',
      '--no-archive',
    ],
    ...['--json', '-o', join(folder, 'job')],
  );
  const start = performance.now();
  const loopTime = join(folder, 'loop-time');
  const child = spawn(node!, ['--import', LOOP_TIME, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LOOP_TIME_FILE: loopTime },
  });
  const memory = sampleMemory(child.pid!);
  const { stdout, stderr } = await collect(child);
  const wallMs = performance.now() - start;
  memory.stop();
  const seen = await server.stop();
  if (child.exitCode !== 0) {
    throw new Error(`gossamer ended with ${child.exitCode}:\n${stderr}`);
  }
  const loopMs = Number(readFileSync(loopTime, 'utf8'));
  rmSync(folder, { recursive: true });
  process.stderr.write(
    `-c ${concurrency}: ${seen.requests} in ${(wallMs / 1000).toFixed(1)} s, ${memory.rssMaxMb.toFixed(0)} MB\n`,
  );
  return { wallMs, rssMaxMb: memory.rssMaxMb, seen, loopMs, loopLate: latenessIn(stdout) };
}

function report(): void {
  const idealMs = Math.ceil(pages / connections) * delayMs;
  const rows = [many, few].map((runs, index) => {
    const spread = (figure: (run: Run) => number): string => showSpread(spreadOf(runs.map(figure)));
    return [
      index === 0 ? `-c ${connections}, ${delayMs} ms` : `-c ${FEW}, ${(delayMs * FEW) / connections} ms`,
      spread(({ seen }) => seen.requests),
      spread(({ seen }) => seen.connectionsMax),
      spread(({ seen }) => seen.inFlightMax),
      spread(({ wallMs }) => wallMs / 1000),
      spread(({ seen }) => (seen.lastAnswerAt - seen.firstRequestAt) / 1000),
      spread(({ loopMs }) => loopMs / 1000),
      spread(({ rssMaxMb }) => rssMaxMb),
    ];
  });
  console.log(`\n${pages} pages, ${delayMs} ms an answer, ${rounds} rounds, median (min-max)\n`);
  printTable(
    [
      'gossamer',
      'requests',
      'connections',
      'in flight',
      'wall s',
      'first request to last answer s',
      'loop s',
      'RSS MB',
    ],
    rows,
  );
  const ratio = spreadOf(many.map(({ wallMs }) => wallMs / idealMs));
  const kbEach = many.map(
    (run, round) =>
      ((run.rssMaxMb - few[round]!.rssMaxMb) * 1024) / (run.seen.connectionsMax - few[round]!.seen.connectionsMax),
  );
  console.log(`\nwall / (ceil(pages / connections) x delay = ${idealMs / 1000} s): ${showVerdict(ratio, '<=', 1.15)}`);
  console.log(`KB a connection, between the two peaks: ${showVerdict(spreadOf(kbEach), '<=', 6)}`);
  printLateness(
    `with ${connections}`,
    many.map(({ loopLate }) => loopLate),
  );
}
