// What the archive costs: the OpenJDK documentation with it and without, as it is and compressed by its server, and
// against wget with a WARC file, in one run; with ten milliseconds added to each sync of the disk; a body of 300 MB;
// and how fast the exports are made. Run with
//   npm run bench -- archive [--rounds 3] [--fsync-ms 10] [--only wget,crawls,syncs,long,exports]

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Lateness } from '../src/base/lateness.ts';
import { seededRandom } from '../test/helpers/random.ts';
import { latenessIn, printLateness } from './lateness.ts';
import { type Measured, measure, WORK } from './measure.ts';
import { type Nginx, startNginx } from './nginx.ts';
import { contenderNamed, gossamerCommand } from './peers.ts';
import { codedOpenjdkSite, openjdkSite } from './sites.ts';
import { printMachine, printTable, type Spread, showSpread, showVerdict, spreadOf } from './table.ts';

interface Run extends Measured {
  readonly pagesPerSecond: number;
  /** Processor time of the event loop's thread. */
  readonly loopMs: number;
  /** Null for wget. */
  readonly loopLate: Lateness | null;
}

/** A way to crawl a site. */
interface Way {
  readonly name: string;
  readonly command: (root: string) => readonly string[];
  /** It takes minutes, so it is run in the first round alone. */
  readonly isSlow?: true;
}

interface Wanted {
  readonly ofWithout: number;
  readonly loopOfWithout: number;
  readonly overWget?: number;
  readonly rssMb: number;
}

const PLAIN: Wanted = { ofWithout: 0.7, loopOfWithout: 1.15, overWget: 9, rssMb: 240 };
const CODED: Wanted = { ofWithout: 0.9, loopOfWithout: 1.15, rssMb: 240 };
const WITHOUT: Way = { name: 'without archive', command: (root) => crawlCommand(root, '--no-archive') };
const WITH: Way = { name: 'with archive', command: (root) => crawlCommand(root) };
const WGET: Way = {
  name: 'wget --warc-file',
  command: (root) => contenderNamed('wget-warc').command(root, join(home, 'wget')),
  isSlow: true,
};
const LOOP_TIME = join(import.meta.dirname, 'loop-time.js');
const WANTED = { longBodyMb: 64, exportMbPerSecond: 50 };
const random = seededRandom(1);
const LONG_BODY_MB = 300;
const FORMATS = ['mirror', 'wacz', 'jsonl', 'csv', 'parquet', 'markdown', 'sitemap'];

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    'fsync-ms': { type: 'string', default: '10' },
    only: { type: 'string', default: 'wget,crawls,syncs,long,exports' },
  },
});
const rounds = Number(values.rounds);
const parts = values.only.split(',');
const home = mkdtempSync(join(WORK, 'archive-'));
const job = join(home, 'job');
const loopTime = join(home, 'loop-time');
process.env['LOOP_TIME_FILE'] = loopTime;

printMachine();
try {
  if (parts.includes('crawls')) await crawls();
  if (parts.includes('syncs')) await slowSyncs();
  if (parts.includes('long')) await longBody();
  if (parts.includes('exports')) await exports();
} finally {
  rmSync(home, { recursive: true });
}

/** With the archive and without, on a site as it is and on the same site compressed by its server. */
async function crawls(): Promise<void> {
  const site = openjdkSite();
  const coded = codedOpenjdkSite();
  if (site === null || coded === null) return console.log('openjdk-17-doc is not installed.');
  {
    await using nginx = await startNginx(site);
    const ways = [...(parts.includes('wget') ? [WGET] : []), WITHOUT, WITH];
    printRuns('OpenJDK documentation', await runsOf(ways, nginx), PLAIN);
  }
  await using nginx = await startNginx(coded, { isCoded: true });
  printRuns('OpenJDK documentation, compressed by its server', await runsOf([WITHOUT, WITH], nginx), CODED);
}

/** With some milliseconds added to each sync of the disk. */
async function slowSyncs(): Promise<void> {
  const site = openjdkSite();
  if (site === null) return console.log('openjdk-17-doc is not installed.');
  await using nginx = await startNginx(site);
  const trace = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', 'trace=fsync,fdatasync'];
  const slowly = [...trace, '-e', `inject=fsync,fdatasync:delay_enter=${Number(values['fsync-ms']) * 1000}`];
  const slow = `with, traced, ${values['fsync-ms']} ms more a sync`;
  const runs = await runsOf(
    [
      { name: 'without, traced', command: (root) => [...trace, ...crawlCommand(root, '--no-archive')] },
      { name: 'with, traced', command: (root) => [...trace, ...crawlCommand(root)] },
      { name: slow, command: (root) => [...slowly, ...crawlCommand(root)] },
    ],
    nginx,
  );
  printRuns('OpenJDK documentation, syncs traced', runs);
  console.log(`slow syncs / traced: ${showSpread(ratioOf(runs, slow, 'with, traced', 'pagesPerSecond'))}`);
}

type Runs = ReadonlyMap<string, readonly Run[]>;

async function runsOf(ways: readonly Way[], nginx: Nginx): Promise<Runs> {
  const made = new Map<string, Run[]>(ways.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, command, isSlow = false } of ways) {
      if (isSlow && round > 0) continue;
      const run = await runOf(command(nginx.root), nginx);
      made.get(name)!.push(run);
      process.stderr.write(`${name}: ${run.pagesPerSecond.toFixed(0)} pages/s\n`);
    }
  }
  return made;
}

type Figure = 'pagesPerSecond' | 'loopMs' | 'rssMaxMb';

function ratioOf(runs: Runs, one: string, other: string, figure: Figure): Spread {
  const below = runs.get(other)!;
  return spreadOf(runs.get(one)!.map((run, at) => run[figure] / (below[at] ?? below[0]!)[figure]));
}

function printRuns(site: string, runs: Runs, wanted?: Wanted): void {
  console.log(`\n${site}, ${rounds} rounds\n`);
  printTable(
    ['', 'pages/s', 'user+sys ms', 'of it the loop', 'RSS MB'],
    [...runs].map(([name, made]) => {
      const show = (figure: (run: Run) => number): string => showSpread(spreadOf(made.map(figure)));
      return [
        name,
        show(({ pagesPerSecond }) => pagesPerSecond),
        show(({ userMs, sysMs }) => userMs + sysMs),
        made.some(({ loopMs }) => Number.isNaN(loopMs)) ? '' : show(({ loopMs }) => loopMs),
        show(({ rssMaxMb }) => rssMaxMb),
      ];
    }),
  );
  const late = [...runs].flatMap(([, made]) => made.flatMap(({ loopLate }) => (loopLate === null ? [] : [loopLate])));
  printLateness(`\n${site}`, late);
  if (wanted === undefined) return;
  const ofWithout = (figure: Figure): Spread => ratioOf(runs, WITH.name, WITHOUT.name, figure);
  console.log(`\npages/s, with / without: ${showVerdict(ofWithout('pagesPerSecond'), '>=', wanted.ofWithout)}`);
  console.log(`time of the loop, with / without: ${showVerdict(ofWithout('loopMs'), '<=', wanted.loopOfWithout)}`);
  const rss = spreadOf(runs.get(WITH.name)!.map(({ rssMaxMb }) => rssMaxMb));
  console.log(`RSS MB with: ${showVerdict(rss, '<=', wanted.rssMb)}`);
  if (wanted.overWget === undefined || !runs.has(WGET.name)) return;
  const overWget = ratioOf(runs, WITH.name, WGET.name, 'pagesPerSecond');
  console.log(`pages/s, with / wget: ${showVerdict(overWget, '>=', wanted.overWget)}`);
}

function crawlCommand(root: string, ...more: readonly string[]): string[] {
  const pace = ['-c', '64', '--host-concurrency', '64', '--no-adapt'];
  const [node, ...command] = gossamerCommand('crawl', root, ...pace, '-q', '--json', '--fresh', '-o', job, ...more);
  return [node!, '--import', LOOP_TIME, ...command];
}

async function runOf(command: readonly string[], nginx: Nginx): Promise<Run> {
  rmSync(job, { recursive: true, force: true });
  rmSync(loopTime, { force: true });
  const mark = nginx.mark();
  const measured = await measure(command);
  const requests = nginx.since(mark);
  if (requests.length < 1000) throw new Error(`${command.join(' ')} ended with ${measured.code}:\n${measured.stderr}`);
  // From the first answer to the last, so that neither starting nor ending counts.
  const lastedMs = requests.at(-1)!.at - requests[0]!.at;
  const loopMs = existsSync(loopTime) ? Number(readFileSync(loopTime, 'utf8')) : Number.NaN;
  const loopLate = Number.isNaN(loopMs) ? null : latenessIn(measured.stdout);
  return { ...measured, pagesPerSecond: (requests.length * 1000) / lastedMs, loopMs, loopLate };
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
