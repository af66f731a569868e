// What a page costs and how many a second, whole sites, against the peers, in one run. What a crawler costs however
// many pages there are (to load, and to compile what turns out to be hot) is told apart: it is what a crawl of few
// pages costs more than these pages would in a crawl of many. Run with
//   npm run bench -- crawl [--rounds 3] [--pages 20000] [--sites synthetic,openjdk]
//     [--only gossamer,wget2,go,asyncio,asyncio-regex]

import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Measured, measure, WORK } from './measure.ts';
import { type Nginx, startNginx } from './nginx.ts';
import { CONTENDERS, type Contender, gossamerCommand } from './peers.ts';
import { onePageSite, openjdkSite, syntheticSite } from './sites.ts';
import { printMachine, printTable, showSpread, showVerdict, spreadOf } from './table.ts';

interface Run extends Measured {
  readonly contender: Contender;
  /** Answers 200 of type text/html. */
  readonly pages: number;
  /** Everything in the server's log but robots.txt and the guessed sitemap: what every figure is divided by. */
  readonly requests: number;
  /** Requests for something that was asked for before. */
  readonly repeats: number;
  readonly usPerPage: number;
  /** The same without the fixed cost of its crawler. */
  readonly usPerFurtherPage: number;
  readonly pagesPerSecond: number;
}

const COLUMNS =
  'crawler,pages,requests,repeats,robots,durable,us a page (user+sys),of it user,us a further page,pages/s,RSS MB'.split(
    ',',
  );
/** Pages of the small site from which the fixed cost is told. */
const FEW_PAGES = 2000;
/** Figure of gossamer over figure of the peer, and what it should be. */
const RATIOS = [
  { peer: 'wget2', figure: 'usPerFurtherPage', bound: '<=', value: 1.6 },
  { peer: 'go', figure: 'usPerFurtherPage', bound: '<=', value: 0.85 },
  { peer: 'asyncio', figure: 'pagesPerSecond', bound: '>=', value: 6 },
  { peer: 'asyncio-regex', figure: 'pagesPerSecond', bound: '>=', value: 6 },
] as const;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    pages: { type: 'string', default: '20000' },
    sites: { type: 'string', default: 'synthetic,openjdk' },
    only: { type: 'string', default: CONTENDERS.map(({ name }) => name).join(',') },
  },
});
const names = values.only.split(',');
const stranger = names.find((name) => !CONTENDERS.some((each) => each.name === name));
if (stranger !== undefined) throw new Error(`--only: ${stranger} is no crawler of this bench.`);
const contenders = CONTENDERS.filter(({ name }) => names.includes(name));
const rounds = Number(values.rounds);
const made = new Map<string, Run[]>();

printMachine();
for (const { name, version } of contenders) console.log(`${name}: ${version()}`);
if (names.includes('gossamer')) await startCost();
/** Of each crawler, in milliseconds of processor time. */
const fixedMs = await fixedCosts();
for (const site of values.sites.split(',')) {
  const folder = site === 'synthetic' ? syntheticSite(Number(values.pages)) : openjdkSite();
  if (folder === null) console.log(`\n${site}: skipped, openjdk-17-doc is not installed.`);
  else await crawlSite(site, folder);
}

async function startCost(): Promise<void> {
  await using nginx = await startNginx(onePageSite());
  const version = await repeat(() => measure(gossamerCommand('--version')));
  const onePage = await repeat(() => runOf(contenders[0]!, nginx));
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
async function runsOf(folder: string, name: string): Promise<Run[]> {
  const known = made.get(folder);
  if (known !== undefined) return known;
  await using nginx = await startNginx(folder);
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
  made.set(folder, runs);
  return runs;
}

async function crawlSite(name: string, folder: string): Promise<void> {
  const runs = (await runsOf(folder, name)).map((run) => {
    const cpuMs = run.userMs + run.sysMs - fixedMs.get(run.contender)!;
    return { ...run, usPerFurtherPage: (cpuMs * 1000) / run.requests };
  });
  console.log(`\n${name}: ${folder}, ${rounds} rounds, median (min-max)\n`);
  printTable(
    COLUMNS,
    contenders.map((contender) => rowOf(runs.filter((run) => run.contender === contender))),
  );
  console.log('');
  for (const ratio of RATIOS) printRatio(runs, ratio);
}

async function runOf(contender: Contender, nginx: Nginx): Promise<Run> {
  const folder = mkdtempSync(join(WORK, 'job-'));
  const mark = nginx.mark();
  const measured = await measure(contender.command(nginx.root, join(folder, 'job')), folder);
  rmSync(folder, { recursive: true });
  // wget2 ends with 8 where a single answer was an error, a page that is not there included.
  if (measured.code !== 0 && !(contender.name === 'wget2' && measured.code === 8)) {
    throw new Error(`${contender.name} ended with ${measured.code}:\n${measured.stderr}`);
  }
  const log = nginx.since(mark).filter(({ path }) => path !== '/robots.txt' && !path.startsWith('/sitemap'));
  const requests = log.length;
  return {
    ...measured,
    contender,
    requests,
    pages: log.filter(({ status, contentType }) => status === 200 && contentType === 'text/html').length,
    repeats: requests - new Set(log.map(({ path }) => path)).size,
    usPerPage: ((measured.userMs + measured.sysMs) * 1000) / requests,
    usPerFurtherPage: Number.NaN,
    pagesPerSecond: (requests * 1000) / measured.wallMs,
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

function printRatio(runs: readonly Run[], { peer, figure, bound, value }: (typeof RATIOS)[number]): void {
  const ours = runs.filter(({ contender }) => contender.name === 'gossamer');
  const theirs = runs.filter(({ contender }) => contender.name === peer);
  if (ours.length === 0 || theirs.length === 0) return;
  const ratios = spreadOf(ours.map((run, round) => run[figure] / theirs[round]![figure]));
  const what = figure === 'usPerFurtherPage' ? 'us a further page' : 'pages/s';
  console.log(`gossamer / ${peer}, ${what}: ${showVerdict(ratios, bound, value)}`);
}
