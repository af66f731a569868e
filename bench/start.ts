// What it costs to start: processor time and wall of small commands over those of node alone, and the wall until a
// server sees the first request of a crawl. Run with
//   npm run bench -- start [--rounds 9]

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { collect, WORK } from './measure.ts';
import { gossamerCommand } from './peers.ts';
import { printMachine, printTable, showSpread, showVerdict, spreadOf } from './table.ts';

interface Start {
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Until the server saw a request; the whole wall if it saw none. */
  readonly requestMs: number;
}

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '9' } } });
const rounds = Number(values.rounds);

let requestAt: number | null = null;
const server = createServer((socket) => {
  socket.on('error', () => {});
  socket.on('data', (request) => {
    requestAt ??= performance.now();
    const isRobots = request.includes('/robots.txt');
    const body = isRobots ? '' : '<!doctype html><title>One page</title>';
    const head = ['Content-Type: text/html', `Content-Length: ${body.length}`];
    socket.write(`HTTP/1.1 ${isRobots ? '404 Not Found' : '200 OK'}\r\n${head.join('\r\n')}\r\n\r\n${body}`);
  });
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
const folder = mkdtempSync(join(WORK, 'start-'));
const job = join(folder, 'job');

const NODE = [process.execPath, '-e', '0'];
const commands: readonly (readonly [name: string, command: readonly string[]])[] = [
  ['node alone', NODE],
  ['--version', gossamerCommand('--version')],
  ['--help', gossamerCommand('--help')],
  ['crawl --help', gossamerCommand('crawl', '--help')],
  ['crawl of one page', gossamerCommand('crawl', root, '-o', job, '-q')],
  ['the same, nothing kept', gossamerCommand('crawl', root, '--store', 'memory:', '--no-archive', '-q')],
];

printMachine();
try {
  const made = commands.map((): Start[] => []);
  // The first round fills the cache of compiled code and is not counted.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [at, [, command]] of commands.entries()) {
      rmSync(job, { recursive: true, force: true });
      const started = await start(command);
      if (round > 0) made[at]!.push(started);
    }
  }
  report(made);
} finally {
  server.close();
  rmSync(folder, { recursive: true });
}

/** The shell's own `time` counts processor time in milliseconds; GNU time counts in hundredths of a second. */
async function start(command: readonly string[]): Promise<Start> {
  requestAt = null;
  const from = performance.now();
  const timed = ['-c', 'TIMEFORMAT="%3U %3S"; time "$@"', 'bash', ...command];
  const child = spawn('bash', timed, { stdio: ['ignore', 'ignore', 'pipe'] });
  const { stderr } = await collect(child);
  const wallMs = performance.now() - from;
  if (child.exitCode !== 0) throw new Error(`${command.join(' ')} ended with ${child.exitCode}:\n${stderr}`);
  const [user, system] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number);
  return { cpuMs: (user! + system!) * 1000, wallMs, requestMs: requestAt === null ? wallMs : requestAt - from };
}

function report(made: readonly (readonly Start[])[]): void {
  const [alone, ...ours] = made;
  const spread = (runs: readonly Start[], figure: keyof Start): string =>
    showSpread(spreadOf(runs.map((run) => run[figure])));
  /** Round by round, because the machine's pace changes. */
  const ratios = (runs: readonly Start[], figure: keyof Start) =>
    spreadOf(runs.map((run, round) => run[figure] / alone![round]![figure]));
  console.log(`\n${rounds} starts of each, in turn; median (min-max)\n`);
  printTable(
    ['', 'user+sys ms', 'over node alone', 'wall ms', 'first request ms'],
    commands.map(([name], at) => {
      const runs = made[at]!;
      const request = name.includes('crawl of') || name.includes('same') ? spread(runs, 'requestMs') : '';
      return [name, spread(runs, 'cpuMs'), showSpread(ratios(runs, 'cpuMs')), spread(runs, 'wallMs'), request];
    }),
  );
  const [version, help, , page] = ours;
  console.log(`\n--version / node alone, user+sys: ${showVerdict(ratios(version!, 'cpuMs'), '<=', 2.5)}`);
  console.log(`--help / node alone, user+sys: ${showVerdict(ratios(help!, 'cpuMs'), '<=', 3)}`);
  console.log(`first request / wall of node alone: ${showVerdict(ratios(page!, 'requestMs'), '<=', 4.5)}`);
}
