// What searching costs: the index of a documentation (processor time a page, and its size over the text's), questions
// to an index of many made-up pages, and what --index takes from a crawl. Run with
//   npm run bench -- search [--pages 100000] [--rounds 5] [--only index,questions,crawl]
// The long form asks an index of a million pages: --only questions --pages 1000000. The index of made-up pages is kept
// in bench/work, so that only the first run makes it.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { IndexedPage } from '../src/search/page-terms.ts';
import { questionOf } from '../src/search/question.ts';
import { search } from '../src/search/search.ts';
import { openSqliteReader } from '../src/search/sqlite-reader.ts';
import { openSqliteWriter } from '../src/search/sqlite-writer.ts';
import { type Random, seededRandom } from '../test/helpers/random.ts';
import { measure, WORK } from './measure.ts';
import { startNginx } from './nginx.ts';
import { gossamerCommand } from './peers.ts';
import { openjdkSite, syntheticSite } from './sites.ts';
import { printMachine, printTable, showSpread, showVerdict, spreadOf } from './table.ts';

const SEED = 16;
const QUESTIONS = 300;
const WORDS = 200_000;
const TERMS_A_PAGE = 400;
const OPENING = 100;
const ALIKE = 2 ** 32;
const CRAWLED_PAGES = 20_000;
const MB = 2 ** 20;

const { values } = parseArgs({
  options: {
    pages: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: 'index,questions,crawl' },
  },
});
const rounds = Number(values.rounds);
const folder = mkdtempSync(join(WORK, 'search-'));

printMachine();
try {
  if (values.only.includes('index')) await benchIndex();
  if (values.only.includes('questions')) await benchQuestions(Number(values.pages));
  if (values.only.includes('crawl')) await benchCrawl();
} finally {
  rmSync(folder, { recursive: true });
}

async function run(...args: readonly string[]) {
  const measured = await measure(gossamerCommand(...args));
  if (measured.code !== 0) throw new Error(`gossamer ${args.join(' ')}: ${measured.stderr}`);
  return measured;
}

async function benchIndex(): Promise<void> {
  const site = openjdkSite();
  if (site === null) return console.log('\nindex: left out, openjdk-17-doc is not installed');
  const job = join(folder, 'openjdk');
  await using nginx = await startNginx(site);
  await run('crawl', nginx.root, '-o', job, '--no-adapt', '-q');
  const paces: number[] = [];
  let pages = 0;
  for (let round = 0; round < rounds; round += 1) {
    rmSync(join(job, 'search.db'), { force: true });
    const { userMs, sysMs, stdout } = await run('index', job, '--json');
    ({ pages } = JSON.parse(stdout) as { pages: number });
    paces.push((pages * 1000) / (userMs + sysMs));
  }
  const text = join(folder, 'text');
  await run('export', 'markdown', job, '-o', text, '-q');
  const [index, whole] = [statSync(join(job, 'search.db')).size, bytesIn(text)];
  console.log(`\n${pages} pages of OpenJDK; their text as Markdown has ${(whole / MB).toFixed(0)} MB\n`);
  console.log(`pages a second of processor time: ${showVerdict(spreadOf(paces), '>=', 800)}`);
  console.log(`size of the index over that of the text: ${showVerdict(spreadOf([index / whole]), '<=', 0.4)}`);
}

function bytesIn(path: string): number {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

/** Words as often as in a language (Zipf): the first is in most pages, the last in none. */
function wordBy(random: Random): string {
  return `w${Math.floor(WORDS ** random()) - 1}`;
}

/**
 * Makes an index of made-up pages unless it is there already: that of a million takes longer than all questions. If it
 * was interrupted, it goes on.
 */
async function madeUpIndex(pages: number): Promise<string> {
  const job = join(WORK, `index-${pages}-${SEED}`);
  const mark = join(job, '.made');
  if (existsSync(mark)) return job;
  mkdirSync(job, { recursive: true });
  const begunAt = performance.now();
  await using filler = openSqliteWriter(job, (url) => url);
  const from = await filler.pages();
  for (let id = from + 1; id <= pages; id += 1) await filler.add(pageOf(id, seededRandom(SEED * pages + id)), id);
  await filler.end();
  console.log(
    `\n${pages - from} made-up pages indexed in ${((performance.now() - begunAt) / 1000).toFixed(0)} s; ${basename(job)} is kept`,
  );
  writeFileSync(mark, '');
  return job;
}

async function benchQuestions(pages: number): Promise<void> {
  const job = await madeUpIndex(pages);
  const random = seededRandom(SEED + 1);
  await using index = openSqliteReader(job);
  const times: number[] = [];
  let found = 0;
  for (let asked = 0; asked < QUESTIONS; asked += 1) {
    const typed = Array.from({ length: 1 + (asked % 3) }, () => wordBy(random)).join(' ');
    const begunAt = performance.now();
    found += (await search(index, questionOf(typed), 0, 10)).count;
    times.push(performance.now() - begunAt);
  }
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(share * (QUESTIONS - 1))]!;
  console.log(`\n${QUESTIONS} questions of one to three words to ${pages} pages, ms; ${found} pages found\n`);
  printTable(['median', '95 of 100', 'the most'], [[at(0.5), at(0.95), at(1)].map((ms) => ms.toFixed(1))]);
  const wanted = pages > 100_000 ? 100 : 20;
  console.log(`\n95 of 100 questions, ms: ${showVerdict(spreadOf([at(0.95)]), '<=', wanted)}`);
}

function pageOf(id: number, random: Random): IndexedPage {
  const some = (count: number): string[] => Array.from({ length: count }, () => wordBy(random));
  const [text, opening, title] = [some(TERMS_A_PAGE), some(OPENING), some(4)];
  const url = `https://www.example.com/${Math.floor(random() * 100)}/${id}`;
  const likeness = [Math.floor(random() * ALIKE) | 0, Math.floor(random() * ALIKE) | 0] as const;
  const anchors = [{ url, text: title.join(' ') }];
  return {
    ...{ id, key: url, url, title: title.join(' '), type: 'text/html', language: 'en', at: id, likeness, anchors },
    columns: [text, opening, some(8), title, [String(id)]].map((terms) => terms.join(' ')),
    length: TERMS_A_PAGE + OPENING + 13,
  };
}

/** Pairs of crawls, one without and one with --index. The pace is that of the crawl, before it waits for the index. */
async function benchCrawl(): Promise<void> {
  await using nginx = await startNginx(syntheticSite(CRAWLED_PAGES));
  const paces: Record<'without' | 'with', number[]> = { without: [], with: [] };
  const wholeMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const how of ['without', 'with'] as const) {
      const job = join(folder, `${how}-${round}`);
      const more = how === 'with' ? ['--index'] : [];
      const { stdout, wallMs } = await run('crawl', nginx.root, '-o', job, '--no-adapt', '--json', ...more);
      const { requests, elapsedMs } = JSON.parse(stdout) as { requests: number; elapsedMs: number };
      paces[how].push((requests * 1000) / elapsedMs);
      if (how === 'with') wholeMs.push(wallMs);
      rmSync(job, { recursive: true });
    }
  }
  console.log(`\n${CRAWLED_PAGES} pages, ${rounds} pairs; pages a second of the crawl, median (min-max)\n`);
  printTable(
    ['', 'pages/s'],
    [
      ['without', showSpread(spreadOf(paces.without))],
      ['--index', showSpread(spreadOf(paces.with))],
    ],
  );
  const costs = paces.with.map((pace, at) => paces.without[at]! / pace);
  console.log(`\n--index costs: ${showVerdict(spreadOf(costs), '<=', 1.05)}`);
  console.log(`with the rest of the index: ${showSpread(spreadOf(wholeMs.map((ms) => ms / 1000)))} s`);
}
