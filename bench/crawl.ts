// What a page costs and how many a second, whole sites, against the peers, in one run. What a crawler costs however
// many pages there are (to load, and to compile what turns out to be hot) is told apart: it is what a crawl of few
// pages costs more than these pages would in a crawl of many. Run with
//   npm run bench -- crawl [--rounds 3] [--pages 20000]
//     [--sites synthetic,openjdk,openjdk-gzip,openjdk-brotli,synthetic-tls]
//     [--only gossamer,gossamer-archive,wget-warc,wget2,go,asyncio,asyncio-regex] [--image docs/images/race.svg]

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Lateness } from '../src/base/lateness.ts';
import { type BarPanel, drawBars } from './chart-image.ts';
import { latenessIn, printLateness } from './lateness.ts';
import { type Measured, measure, WORK } from './measure.ts';
import { hasBrotli, type Manners, type Nginx, startNginx } from './nginx.ts';
import { type Contender, contenderNamed, gossamerCommand, WITH_ARCHIVE } from './peers.ts';
import { codedOpenjdkSite, onePageSite, openjdkSite, syntheticSite } from './sites.ts';
import { machineText, printMachine, printTable, showSpread, showVerdict, spreadOf } from './table.ts';

interface Run extends Measured {
  readonly contender: Contender;
  /** Answers 200 of type text/html. */
  readonly pages: number;
  /** Everything in the server's log but robots.txt and the guessed sitemap: what every figure is divided by. */
  readonly requests: number;
  /** Answers that came with a content coding. */
  readonly coded: number;
  /** Requests for something that was asked for before. */
  readonly repeats: number;
  readonly usPerPage: number;
  /** The same without the fixed cost of its crawler. */
  readonly usPerFurtherPage: number;
  readonly pagesPerSecond: number;
  /** Of gossamer's event loop. */
  readonly loopLate: Lateness | null;
}

const COLUMNS =
  'crawler,pages,requests,coded,repeats,robots,durable,us a page (user+sys),of it user,us a further page,pages/s,RSS MB'.split(
    ',',
  );
/** What a drawing calls them. */
const NAMES: Readonly<Record<string, string>> = {
  gossamer: 'gossamer, no archive',
  [WITH_ARCHIVE]: 'gossamer (default)',
  'wget-warc': 'wget --warc-file',
  go: 'Go, keeps nothing',
  asyncio: 'asyncio + html.parser',
  'asyncio-regex': 'asyncio + regex',
};
/** Pages of the small site from which the fixed cost is told. */
const FEW_PAGES = 2000;
/** A folder, or null where the site cannot be had, and how its server sends it. */
interface Site {
  readonly folder: () => string | null;
  readonly manners?: Manners;
  /** The most us a page over wget2's and over Go's, the start included, and the least pages a second over Go's. */
  readonly wanted: { readonly wget2: number; readonly go: number; readonly pace: number };
}
const OPENJDK = { wget2: 1.5, go: 0.75, pace: 0.95 };
const SITES: Readonly<Record<string, Site>> = {
  synthetic: {
    folder: () => syntheticSite(Number(values.pages)),
    wanted: { wget2: 1.5, go: 0.55, pace: 1.3 },
  },
  openjdk: { folder: openjdkSite, wanted: OPENJDK },
  'openjdk-gzip': { folder: codedOpenjdkSite, manners: { isCoded: true }, wanted: OPENJDK },
  'openjdk-brotli': {
    folder: () => (hasBrotli() ? codedOpenjdkSite('brotli') : null),
    manners: { isCoded: true },
    wanted: OPENJDK,
  },
  'synthetic-tls': {
    folder: () => syntheticSite(Number(values.pages)),
    manners: { isSecure: true },
    wanted: { wget2: 1.5, go: 0.8, pace: 1 },
  },
};

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    pages: { type: 'string', default: '20000' },
    sites: { type: 'string', default: 'synthetic,openjdk,openjdk-gzip' },
    only: { type: 'string', default: `gossamer,${WITH_ARCHIVE},wget2,go,asyncio,asyncio-regex` },
    image: { type: 'string' },
  },
});
const names = values.only.split(',');
const contenders = names.map(contenderNamed);
const rounds = Number(values.rounds);
const made = new Map<string, Run[]>();
const panels: BarPanel[] = [];

printMachine();
for (const { name, version } of contenders) console.log(`${name}: ${version()}`);
if (names.includes('gossamer')) await startCost();
/** Of each crawler, in milliseconds of processor time. */
const fixedMs = await fixedCosts();
for (const name of values.sites.split(',')) {
  const site = SITES[name];
  if (site === undefined) throw new Error(`--sites: ${name} is no site of this bench.`);
  const folder = site.folder();
  if (folder === null) console.log(`\n${name}: skipped, its packages are not installed.`);
  else await crawlSite(name, folder, site);
}
if (values.image !== undefined) {
  const notes = [`Pages a second from start to end, 64 at a time, medians of ${rounds}.`, machineText()];
  writeFileSync(values.image, drawBars('Pages a second of each crawler, by site', notes, panels));
  console.log(`\n${values.image}`);
}

async function startCost(): Promise<void> {
  await using nginx = await startNginx(onePageSite());
  const version = await repeat(() => measure(gossamerCommand('--version')));
  const onePage = await repeat(() => runOf(contenderNamed('gossamer'), nginx));
  console.log(`\nThe cost of starting, ${rounds} times each\n`);
  printTable(
    ['gossamer', 'user+sys ms', 'wall ms', 'RSS MB'],
    [
      ['--version', ...startFigures(version)],
      ['crawl of one page', ...startFigures(onePage)],
    ],
  );
}

async function fixedCosts(): Promise<ReadonlyMap<Contender, number>> {
  const few = await runsOf(syntheticSite(FEW_PAGES), 'fixed cost');
  const many = await runsOf(syntheticSite(Number(values.pages)), 'fixed cost');
  const costs = contenders.map((contender): [Contender, number] => {
    const cpuMs = (runs: readonly Run[]): number =>
      spreadOf(runs.filter((run) => run.contender === contender).map(({ userMs, sysMs }) => userMs + sysMs)).median;
    const pagesOf = (runs: readonly Run[]): number => runs.find((run) => run.contender === contender)!.requests;
    const perPageMs = (cpuMs(many) - cpuMs(few)) / (pagesOf(many) - pagesOf(few));
    return [contender, Math.max(0, cpuMs(few) - perPageMs * pagesOf(few))];
  });
  console.log(`\nThe fixed cost, from crawls of ${FEW_PAGES} and ${values.pages} pages\n`);
  printTable(
    ['crawler', 'user+sys ms'],
    costs.map(([{ name }, ms]) => [name, ms.toFixed(0)]),
  );
  return new Map(costs);
}

function startFigures(runs: readonly Measured[]): string[] {
  return [
    showSpread(spreadOf(runs.map(({ userMs, sysMs }) => userMs + sysMs))),
    showSpread(spreadOf(runs.map(({ wallMs }) => wallMs))),
    showSpread(spreadOf(runs.map(({ rssMaxMb }) => rssMaxMb))),
  ];
}

async function repeat<T>(once: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let round = 0; round < rounds; round += 1) results.push(await once());
  return results;
}

/** The runs of a site; those that were made already are not made again. */
async function runsOf(folder: string, name: string, manners: Manners = {}): Promise<Run[]> {
  const key = JSON.stringify([folder, manners]);
  const known = made.get(key);
  if (known !== undefined) return known;
  await using nginx = await startNginx(folder, manners);
  const runs: Run[] = [];
  for (let round = 0; round < rounds; round += 1) {
    // Each time in the other order, so that nobody always comes after the same neighbour.
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
      const run = await runOf(contender, nginx);
      process.stderr.write(
        `${name} ${round + 1}/${rounds} ${contender.name}: ${run.requests} in ${(run.wallMs / 1000).toFixed(1)} s\n`,
      );
      runs.push(run);
    }
  }
  made.set(key, runs);
  return runs;
}

async function crawlSite(name: string, folder: string, { manners, wanted }: Site): Promise<void> {
  const runs = (await runsOf(folder, name, manners)).map((run) => {
    const cpuMs = run.userMs + run.sysMs - fixedMs.get(run.contender)!;
    return { ...run, usPerFurtherPage: (cpuMs * 1000) / run.requests };
  });
  console.log(`\n${name}: ${basename(folder)}, ${rounds} rounds, median (min-max)\n`);
  printTable(
    COLUMNS,
    contenders.map((contender) => rowOf(runs.filter((run) => run.contender === contender))),
  );
  panels.push({ title: name, bars: contenders.map((contender) => barOf(contender, runs)) });
  console.log('');
  printRatio(runs, 'wget2', 'usPerPage', '<=', wanted.wget2);
  printRatio(runs, 'go', 'usPerPage', '<=', wanted.go);
  printRatio(runs, 'go', 'pagesPerSecond', '>=', wanted.pace);
  for (const peer of ['asyncio', 'asyncio-regex']) printRatio(runs, peer, 'pagesPerSecond', '>=', 6);
  printLateness(
    name,
    runs.flatMap(({ loopLate }) => (loopLate === null ? [] : [loopLate])),
  );
}

function barOf({ name }: Contender, runs: readonly Run[]): BarPanel['bars'][number] {
  const own = runs.filter(({ contender }) => contender.name === name);
  const value = spreadOf(own.map(({ pagesPerSecond }) => pagesPerSecond)).median;
  return { name: NAMES[name] ?? name, value, isOurs: name.startsWith('gossamer') };
}

async function runOf(contender: Contender, nginx: Nginx): Promise<Run> {
  const folder = mkdtempSync(join(WORK, 'job-'));
  const mark = nginx.mark();
  const measured = await measure(contender.command(nginx.root, join(folder, 'job')), folder);
  rmSync(folder, { recursive: true });
  // wget and wget2 end with 8 where a single answer was an error, a page that is not there included.
  if (measured.code !== 0 && !(contender.name.startsWith('wget') && measured.code === 8)) {
    throw new Error(`${contender.name} ended with ${measured.code}:\n${measured.stderr}`);
  }
  const log = nginx.since(mark).filter(({ path }) => path !== '/robots.txt' && !path.startsWith('/sitemap'));
  const requests = log.length;
  return {
    ...measured,
    contender,
    requests,
    pages: log.filter(({ status, contentType }) => status === 200 && contentType === 'text/html').length,
    coded: log.filter(({ coding }) => coding !== '-').length,
    repeats: requests - new Set(log.map(({ path }) => path)).size,
    usPerPage: ((measured.userMs + measured.sysMs) * 1000) / requests,
    usPerFurtherPage: Number.NaN,
    pagesPerSecond: (requests * 1000) / measured.wallMs,
    loopLate: contender.name.startsWith('gossamer') ? latenessIn(measured.stdout) : null,
  };
}

function rowOf(runs: readonly Run[]): (string | number)[] {
  const { name, robots, durable } = runs[0]!.contender;
  const count = (counts: readonly number[]): string => [...new Set(counts)].join(' ');
  const spread = (figure: (run: Run) => number): string => showSpread(spreadOf(runs.map(figure)));
  return [
    name,
    count(runs.map(({ pages }) => pages)),
    count(runs.map(({ requests }) => requests)),
    count(runs.map(({ coded }) => coded)),
    count(runs.map(({ repeats }) => repeats)),
    robots,
    durable,
    spread(({ usPerPage }) => usPerPage),
    spread(({ userMs, requests }) => (userMs * 1000) / requests),
    spread(({ usPerFurtherPage }) => usPerFurtherPage),
    spread(({ pagesPerSecond }) => pagesPerSecond),
    spread(({ rssMaxMb }) => rssMaxMb),
  ];
}

/** Figure of gossamer over figure of the peer, and what it should be. */
function printRatio(
  runs: readonly Run[],
  peer: string,
  figure: 'usPerPage' | 'pagesPerSecond',
  bound: '<=' | '>=',
  value: number,
): void {
  const ours = runs.filter(({ contender }) => contender.name === 'gossamer');
  const theirs = runs.filter(({ contender }) => contender.name === peer);
  if (ours.length === 0 || theirs.length === 0) return;
  const ratios = spreadOf(ours.map((run, round) => run[figure] / theirs[round]![figure]));
  const what = figure === 'usPerPage' ? 'us a page' : 'pages/s';
  console.log(`gossamer / ${peer}, ${what}: ${showVerdict(ratios, bound, value)}`);
}
