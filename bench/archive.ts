// What the archive costs: the OpenJDK documentation with it and without, against wget with a WARC file, in one run;
// with ten milliseconds added to each sync of the disk; a body of 300 MB; and how fast the exports are made. Run with
//   npm run bench -- archive [--rounds 3] [--fsync-ms 10]

import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom } from '../test/helpers/random.ts';
import { type Measured, measure, WORK } from './measure.ts';
import { type Nginx, startNginx } from './nginx.ts';
import { gossamerCommand } from './peers.ts';
import { openjdkSite } from './sites.ts';
import { printMachine, printTable, type Spread, showSpread, showVerdict, spreadOf } from './table.ts';

interface Run extends Measured {
  readonly pagesPerSecond: number;
}

const WANTED = { ofWithout: 0.6, overWget: 8, rssMb: 250, longBodyMb: 64, exportMbPerSecond: 50 };
const random = seededRandom(1);
const LONG_BODY_MB = 300;
const FORMATS = ['mirror', 'wacz', 'jsonl', 'csv', 'parquet', 'markdown', 'sitemap'];

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, 'fsync-ms': { type: 'string', default: '10' } },
});
const rounds = Number(values.rounds);
const home = mkdtempSync(join(WORK, 'archive-'));
const job = join(home, 'job');

printMachine();
try {
  await crawls();
  await longBody();
  await exports();
} finally {
  rmSync(home, { recursive: true });
}

async function crawls(): Promise<void> {
  const site = openjdkSite();
  if (site === null) return console.log('openjdk-17-doc is not installed.');
  await using nginx = await startNginx(site);
  const slow = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', 'trace=fsync,fdatasync'];
  const slowly = [...slow, '-e', `inject=fsync,fdatasync:delay_enter=${Number(values['fsync-ms']) * 1000}`];
  const commands: readonly (readonly [name: string, command: (root: string) => readonly string[]])[] = [
    ['wget --warc-file', wgetCommand],
    ['without archive', (root) => crawlCommand(root, '--no-archive')],
    ['with archive', (root) => crawlCommand(root)],
    ['without, traced', (root) => [...slow, ...crawlCommand(root, '--no-archive')]],
    ['with, traced', (root) => [...slow, ...crawlCommand(root)]],
    [`with, traced, ${values['fsync-ms']} ms more a sync`, (root) => [...slowly, ...crawlCommand(root)]],
  ];
  const made = new Map<string, Run[]>(commands.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, command] of commands) {
      // wget takes minutes.
      if (name.startsWith('wget') && round > 0) continue;
      made.get(name)!.push(await runOf(command(nginx.root), nginx));
      process.stderr.write(`${name}: ${made.get(name)!.at(-1)!.pagesPerSecond.toFixed(0)} pages/s\n`);
    }
  }
  const spread = (name: string, figure: (run: Run) => number): Spread => spreadOf(made.get(name)!.map(figure));
  console.log(`\nOpenJDK documentation, ${rounds} rounds, wget one\n`);
  printTable(
    ['', 'pages/s', 'user+sys ms', 'RSS MB'],
    commands.map(([name]) => [
      name,
      showSpread(spread(name, ({ pagesPerSecond }) => pagesPerSecond)),
      showSpread(spread(name, ({ userMs, sysMs }) => userMs + sysMs)),
      showSpread(spread(name, ({ rssMaxMb }) => rssMaxMb)),
    ]),
  );
  const ratio = (one: string, other: string): Spread => {
    const below = made.get(other)!;
    return spreadOf(
      made.get(one)!.map(({ pagesPerSecond }, at) => pagesPerSecond / (below[at] ?? below[0]!).pagesPerSecond),
    );
  };
  const { ofWithout, overWget, rssMb } = WANTED;
  console.log(`\nwith / without: ${showVerdict(ratio('with archive', 'without archive'), '>=', ofWithout)}`);
  console.log(`with / wget: ${showVerdict(ratio('with archive', 'wget --warc-file'), '>=', overWget)}`);
  console.log(
    `RSS MB with: ${showVerdict(
      spread('with archive', ({ rssMaxMb }) => rssMaxMb),
      '<=',
      rssMb,
    )}`,
  );
  console.log(`slow syncs / traced: ${showSpread(ratio(commands.at(-1)![0], 'with, traced'))}`);
}

function crawlCommand(root: string, ...more: readonly string[]): string[] {
  const pace = ['-c', '64', '--host-concurrency', '64', '--no-adapt'];
  return gossamerCommand('crawl', root, ...pace, '-q', '--fresh', '-o', job, ...more);
}

function wgetCommand(root: string): string[] {
  return [
    'wget',
    '-q',
    '-r',
    '-l',
    'inf',
    '--delete-after',
    '-P',
    join(home, 'wget'),
    `--warc-file=${join(home, 'wget')}`,
    root,
  ];
}

async function runOf(command: readonly string[], nginx: Nginx): Promise<Run> {
  rmSync(job, { recursive: true, force: true });
  const mark = nginx.mark();
  const measured = await measure(command);
  const requests = nginx.since(mark);
  if (requests.length < 1000) throw new Error(`${command.join(' ')} ended with ${measured.code}:\n${measured.stderr}`);
  // From the first answer to the last, so that neither starting nor ending counts.
  const lastedMs = requests.at(-1)!.at - requests[0]!.at;
  return { ...measured, pagesPerSecond: (requests.length * 1000) / lastedMs };
}

/** How much more memory a body takes that is longer than any page. */
async function longBody(): Promise<void> {
  const piece = Buffer.from(Array.from({ length: 2 ** 20 }, () => random() * 256));
  const server = createServer((request, response) => {
    const isLong = request.url === '/long';
    response.setHeader('content-type', isLong ? 'application/octet-stream' : 'text/html');
    if (!isLong) return void response.end(request.url === '/with' ? '<a href=/long>x</a>' : 'x');
    let sent = 0;
    const send = (): void => {
      while (sent < LONG_BODY_MB) {
        sent += 1;
        if (!response.write(piece)) return void response.once('drain', send);
      }
      response.end();
    };
    send();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const more: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const without = await measure(crawlCommand(`${root}without`));
    const long = await measure(crawlCommand(`${root}with`, '--max-body', '400MB'));
    more.push(long.rssMaxMb - without.rssMaxMb);
  }
  server.close();
  server.closeAllConnections();
  console.log(`\nMB more for a body of ${LONG_BODY_MB} MB: ${showVerdict(spreadOf(more), '<=', WANTED.longBodyMb)}`);
}

/** Megabytes of bodies a second, from a job of the whole documentation with its styles and scripts. */
async function exports(): Promise<void> {
  const site = openjdkSite();
  if (site === null) return;
  {
    await using nginx = await startNginx(site);
    await measure(crawlCommand(nginx.root, '--page-requisites'));
  }
  const mirror = join(home, 'mirror');
  await measure(gossamerCommand('export', 'mirror', job, '-o', mirror, '-q'));
  const megabytes = sizeOf(mirror) / 1e6;
  console.log(`\nExports of ${megabytes.toFixed(0)} MB of bodies, ${rounds} rounds\n`);
  const rows: string[][] = [];
  for (const format of FORMATS) {
    const made: Measured[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const output = join(home, `export-${format}`);
      made.push(await measure(gossamerCommand('export', format, job, '-o', output, '-q')));
      rmSync(output, { recursive: true, force: true });
    }
    if (made.some(({ code }) => code !== 0)) throw new Error(`export ${format}: ${made[0]!.stderr}`);
    const rate = spreadOf(made.map(({ wallMs }) => (megabytes * 1000) / wallMs));
    const verdict = rate.median >= WANTED.exportMbPerSecond ? '' : 'NO';
    rows.push([format, showSpread(rate), verdict, showSpread(spreadOf(made.map(({ rssMaxMb }) => rssMaxMb)))]);
  }
  printTable(['format', 'MB/s', `wanted >= ${WANTED.exportMbPerSecond}`, 'RSS MB'], rows);
}

function sizeOf(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.reduce(
    (sum, entry) => sum + (entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0),
    0,
  );
}
