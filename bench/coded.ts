// What the archive costs, and how large it is, where the server sends its pages compressed, as most do: the OpenJDK
// documentation with a gzip beside each page. Run with
//   npm run bench -- coded [--rounds 3]

import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { latenessIn, printLateness } from './lateness.ts';
import { type Measured, measure, WORK } from './measure.ts';
import { startNginx } from './nginx.ts';
import { gossamerCommand } from './peers.ts';
import { codedOpenjdkSite } from './sites.ts';
import { printMachine, printTable, showSpread, spreadOf } from './table.ts';

interface Run extends Measured {
  readonly pagesPerSecond: number;
  readonly archiveMb: number;
  readonly bodiesMb: number;
}

const MANNERS: readonly (readonly string[])[] = [
  ['--no-archive'],
  ['--warc-compression', 'gzip'],
  ['--warc-compression', 'zstd'],
  ['--warc-compression', 'none'],
];

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } });
const rounds = Number(values.rounds);
const home = mkdtempSync(join(WORK, 'coded-'));
const job = join(home, 'job');

printMachine();
try {
  await crawls();
} finally {
  rmSync(home, { recursive: true });
}

async function crawls(): Promise<void> {
  const site = codedOpenjdkSite();
  if (site === null) return console.log('openjdk-17-doc is not installed.');
  await using nginx = await startNginx(site, { isCoded: true });
  const made = MANNERS.map((): Run[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, manner] of MANNERS.entries()) {
      rmSync(job, { recursive: true, force: true });
      const mark = nginx.mark();
      const pace = ['-c', '64', '--host-concurrency', '64', '--no-adapt', '--page-requisites'];
      const measured = await measure(gossamerCommand('crawl', nginx.root, ...pace, '--json', '-o', job, ...manner));
      const requests = nginx.since(mark);
      if (requests.length < 1_000) throw new Error(`it ended with ${measured.code}:\n${measured.stderr}`);
      const lastedMs = requests.at(-1)!.at - requests[0]!.at;
      const pagesPerSecond = (requests.length * 1_000) / lastedMs;
      const bodiesMb = JSON.parse(measured.stdout).bytes / 1e6;
      made[at]!.push({ ...measured, pagesPerSecond, bodiesMb, archiveMb: archiveBytes() / 1e6 });
      process.stderr.write(`${manner.join(' ')}: ${pagesPerSecond.toFixed(0)} URLs/s\n`);
    }
  }
  console.log(`\nOpenJDK documentation, compressed by its server, with styles and scripts, ${rounds} rounds\n`);
  printTable(
    ['', 'URLs/s', 'user+sys ms', 'received MB', 'archive MB'],
    MANNERS.map((manner, at) => {
      const spread = (figure: (run: Run) => number): string => showSpread(spreadOf(made[at]!.map(figure)));
      return [
        manner.join(' '),
        spread(({ pagesPerSecond }) => pagesPerSecond),
        spread(({ userMs, sysMs }) => userMs + sysMs),
        spread(({ bodiesMb }) => bodiesMb),
        spread(({ archiveMb }) => archiveMb),
      ];
    }),
  );
  const ofWithout = made[1]!.map(({ pagesPerSecond }, at) => pagesPerSecond / made[0]![at]!.pagesPerSecond);
  console.log(`\nwith gzip / without: ${showSpread(spreadOf(ofWithout))}`);
  printLateness(
    'in all of them',
    made.flat().map(({ stdout }) => latenessIn(stdout)),
  );
}

function archiveBytes(): number {
  const folder = join(job, 'archive');
  const names = statSync(folder, { throwIfNoEntry: false }) === undefined ? [] : readdirSync(folder);
  return names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}
