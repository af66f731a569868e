// What the page costs: its first load, a filter of a million rows, the memory of `gossamer serve` over a job of a
// million URLs, and what --serve with a reader of its events costs a crawl. Run with
//   npm run bench -- serve [--urls 1000000] [--rounds 5] [--only table,crawl]

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { HostRoom, Settlement } from '../src/base/contracts.ts';
import type { LiveState, TableAnswer } from '../src/serve/api.ts';
import { openStore } from '../src/store/sqlite/store.ts';
import { startChromium } from '../test/helpers/chromium.ts';
import { sampleMemory, WORK } from './measure.ts';
import { gossamerCommand } from './peers.ts';
import { identityOf, pageUrl, settledPage } from './settled.ts';
import { printMachine, printTable, showSpread, showVerdict, spreadOf } from './table.ts';

const HOST = 'https://www.example.com';
const GROUP = 1_000;
const FREE = (): HostRoom => ({ take: Number.POSITIVE_INFINITY, notBefore: 0 });
const TYPES = ['text/html', 'text/html', 'text/html', 'image/png', 'application/pdf'];
/** `N` is another number each time, so that no count is remembered. */
const FILTERS: readonly (readonly [name: string, path: string])[] = [
  ['a status', 'q=status:404 bytes:>N'],
  ['a class and a type', 'q=status:4xx type:html bytes:>N'],
  ['a range, sorted', 'q=bytes:>2NN&sort=elapsedMs&order=desc'],
  ['sorted alone', 'q=&sort=bytes&order=desc'],
  ['sorted by words', 'q=bytes:>N&sort=contentType&order=desc'],
  ['a word of the URL', 'q=0000N1'],
  ['a word and a status', 'q=0000N1 status:404'],
  ['a path', 'q=path:/articles/some-readable-words-here/0000N'],
  ['at the last place', 'q=links:>=0&offset=999000'],
];

/** Scrolls through all rows in five seconds; resolves with the time of each frame. It runs in the page. */
const SCROLLING = `new Promise((done) => {
  const scroller = document.querySelector('.table-scroller');
  const times = [];
  let before = performance.now();
  const step = (now) => {
    times.push(now - before);
    before = now;
    scroller.scrollTop = (scroller.scrollHeight * times.length) / 300;
    if (times.length < 300) requestAnimationFrame(step);
    else done(times.slice(1));
  };
  scroller.scrollTop = 0;
  requestAnimationFrame(step);
})`;

const { values } = parseArgs({
  options: {
    urls: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: 'table,crawl' },
  },
});
const rounds = Number(values.rounds);
const folder = mkdtempSync(join(WORK, 'serve-'));

printMachine();
try {
  if (values.only.includes('table')) await benchTable(Number(values.urls));
  if (values.only.includes('crawl')) await benchCrawl();
} finally {
  rmSync(folder, { recursive: true });
}

async function benchTable(urls: number): Promise<void> {
  const job = join(folder, 'job');
  await makeJob(job, urls);
  const started = start('serve', job, '--port', '0', '--json');
  const memory = sampleMemory(started.child.pid!);
  const { origin, token } = JSON.parse(await started.said('stdout', '}')) as { origin: string; token: string };
  const ask = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${origin}${path}`, { headers: { authorization: `Bearer ${token}` } });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  const table = (query: string) => ask<TableAnswer>(`/api/jobs/job/urls?${query.replaceAll(' ', '%20')}`);
  const begun = performance.now();
  while (!(await table('limit=1')).upTo.isComplete) await new Promise((resolve) => setTimeout(resolve, 100));
  const filledMs = performance.now() - begun;
  const readMb = memory.rssMb.at(-1)!;
  const times = FILTERS.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, [, path]] of FILTERS.entries()) {
      const asked = performance.now();
      await table(path.replaceAll('N', String(10 + round)));
      times[at]!.push(performance.now() - asked);
    }
  }
  const rows = FILTERS.map(([name, path], at) => [name, path, showSpread(spreadOf(times[at]!))]);
  console.log(`\n${urls} URLs, ${rounds} rounds; milliseconds to the answer, median (min-max)\n`);
  printTable(['filter', 'query', 'ms'], rows);
  const slowest = times.map(spreadOf).sort((a, b) => b.median - a.median)[0]!;
  console.log(`\nthe slowest filter, ms: ${showVerdict(slowest, '<=', 200)}`);
  console.log(`the table is read in ${(filledMs / 1000).toFixed(1)} s; resident ${readMb.toFixed(0)} MB then,`);
  console.log(`${memory.rssMb.at(-1)!.toFixed(0)} MB after the filters, ${memory.rssMaxMb.toFixed(0)} MB at most`);
  await benchPage(`${origin}/?token=${token}`, urls);
  console.log(`resident ${memory.rssMb.at(-1)!.toFixed(0)} MB after that, ${memory.rssMaxMb.toFixed(0)} MB at most`);
  memory.stop();
  started.child.kill('SIGINT');
  await started.ended;
}

/** The page in Chromium: its first load, and the table of all URLs walked to its end and filtered. */
async function benchPage(address: string, urls: number): Promise<void> {
  const browser = await startChromium();
  if (browser === null) return console.log('the page in a browser: left out, Chromium is not installed');
  const [loads, ends, filters, frames]: number[][] = [[], [], [], []];
  let bytes = 0;
  /** Another count than that of all URLs. */
  const others = new RegExp(`^(?!${urls.toLocaleString('en')})[\\d,]+ URLs, `);
  const since = async (times: number[], work: () => Promise<unknown>): Promise<void> => {
    const begunAt = performance.now();
    await work();
    times.push(performance.now() - begunAt);
  };
  for (let round = 0; round < rounds; round += 1) {
    const context = await browser.newContext();
    const page = await context.newPage();
    const sizes: Promise<number>[] = [];
    page.on('response', (response) =>
      sizes.push(
        response.body().then(
          ({ length }) => length,
          () => 0,
        ),
      ),
    );
    await since(loads!, async () => {
      await page.goto(address);
      await page.locator('.jobs h2 a').waitFor();
    });
    bytes = (await Promise.all(sizes)).reduce((sum, each) => sum + each, 0);
    await page.goto(`${new URL(address).origin}/#/job/urls`);
    await page.locator('table.rows .url').first().waitFor();
    const table = page.locator('table.rows');
    await table.focus();
    await since(ends!, async () => {
      await page.keyboard.press('End');
      await table
        .locator('[aria-selected=true]')
        .getByText(pageUrl(HOST, urls - 1).url)
        .waitFor();
    });
    frames!.push(...((await page.evaluate(SCROLLING)) as number[]));
    await since(filters!, async () => {
      await page.getByLabel('filter').fill(`status:404 bytes:>${80_000 + round}`);
      await page.locator('[role=status]').filter({ hasText: others }).waitFor();
    });
    await context.close();
  }
  await browser.close();
  console.log(`\nthe page in Chromium, ${rounds} rounds, median (min-max)\n`);
  console.log(`first load, bytes: ${showVerdict(spreadOf([bytes]), '<=', 120_000)}`);
  console.log(`first load with data, ms: ${showVerdict(spreadOf(loads!), '<=', 300)}`);
  console.log(`from the first row to the last of ${urls}, ms: ${showSpread(spreadOf(ends!))}`);
  console.log(
    `from one frame to the next while all rows are scrolled, ms: ${showVerdict(spreadOf(frames!), '<=', 17)}`,
  );
  console.log(
    `a filter from the last key to the rows, ms (150 of them wait for more keys): ${showSpread(spreadOf(filters!))}`,
  );
}

/** A finished job as after a crawl, without an archive. */
async function makeJob(job: string, urls: number): Promise<void> {
  mkdirSync(job);
  const store = await openStore(join(job, 'gossamer.db'), { identity: identityOf(`${HOST}/`), now: 1 });
  for (let from = 0; from < urls; from += GROUP) {
    await store.frontier.add(Array.from({ length: GROUP }, (_, at) => pageUrl(HOST, from + at)));
    const leases = await store.frontier.lease(GROUP, 1, FREE);
    const settlements = leases.map((lease): Settlement => {
      const page = settledPage(lease, []);
      const status = lease.id % 50 === 0 ? 404 : lease.id % 31 === 0 ? 301 : 200;
      const contentType = TYPES[lease.id % TYPES.length]!;
      const bytes = (lease.id * 7_919) % 90_000;
      return {
        ...page,
        elapsedMs: (lease.id * 31) % 1_700,
        place: null,
        response: { ...page.response!, status, contentType, bytes, title: `A title of page ${lease.id}` },
      };
    });
    await store.frontier.settle({ settlements, hosts: [], run: null });
  }
  await store.frontier.close();
}

/** Pages that link to the next ones, as fast as the server makes them. */
async function benchCrawl(): Promise<void> {
  // So many that what it takes to start the server is little beside them.
  const pages = 40_000;
  const filler = 'words that fill the page '.repeat(200);
  const server = createServer((request, response) => {
    const page = Number(/\d+/.exec(request.url!)?.[0] ?? 0);
    const links = Array.from({ length: 10 }, (_, at) => page * 10 + at + 1).filter((link) => link < pages);
    response.setHeader('content-type', 'text/html');
    response.end(`<title>${page}</title>${links.map((link) => `<a href=/${link}>x</a>`).join('')}<p>${filler}`);
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const costs: Record<'without' | 'with', number[]> = { without: [], with: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const how of ['without', 'with'] as const) {
      const job = join(folder, `${how}-${round}`);
      const manner = ['-o', job, '--no-adapt', '--no-sitemaps', '-q'];
      const beside = how === 'with' ? ['--serve', '--port', '0'] : [];
      costs[how].push(await crawlMs([root, ...manner, ...beside], how === 'with'));
    }
  }
  server.close();
  server.closeAllConnections();
  const ratios = costs.with.map((ms, at) => ms / costs.without[at]!);
  console.log(`\n${pages} pages, ${rounds} pairs; processor time of the crawl, ms a page, median (min-max)\n`);
  printTable(
    ['', 'ms a page'],
    [
      ['the crawl alone', showSpread(spreadOf(costs.without.map((ms) => ms / pages)))],
      ['--serve, with a reader of its events', showSpread(spreadOf(costs.with.map((ms) => ms / pages)))],
    ],
  );
  console.log(`\n--serve costs: ${showVerdict(spreadOf(ratios), '<=', 1.05)}`);
}

/** The processor time of a crawl up to its end. With a reader it stays behind the crawl, and is then ended. */
async function crawlMs(args: readonly string[], isRead: boolean): Promise<number> {
  const { child, said, ended } = start('crawl', ...args);
  let last = 0;
  const watching = setInterval(() => {
    last = processorMs(child.pid!) ?? last;
  }, 20);
  if (isRead) {
    const address = new URL(/http:\S+/.exec(await said('stderr', 'token='))![0]);
    await untilOver(address);
    last = processorMs(child.pid!) ?? last;
    child.kill('SIGINT');
  }
  await ended;
  clearInterval(watching);
  return last;
}

async function untilOver(address: URL): Promise<void> {
  const headers = { authorization: `Bearer ${address.searchParams.get('token')}` };
  const { jobs } = (await (await fetch(`${address.origin}/api/jobs`, { headers })).json()) as {
    jobs: { id: string }[];
  };
  const response = await fetch(`${address.origin}/api/jobs/${jobs[0]!.id}/events`, { headers });
  let text = '';
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    text = (text + piece).slice(-200_000);
    const end = text.lastIndexOf('\n\n');
    const json = /event: live\ndata: ([^\n]*)$/.exec(text.slice(0, Math.max(0, end)))?.[1];
    if (json !== undefined && (JSON.parse(json) as LiveState).state === 'finished') return;
  }
}

function processorMs(pid: number): number | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return null;
  }
}

function start(...args: readonly string[]) {
  const [command, ...given] = gossamerCommand(...args);
  const child: ChildProcess = spawn(command!, given, { stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]!.setEncoding('utf8').on('data', (piece: string) => {
      text[name] += piece;
    });
  }
  const ended = new Promise((resolve) => child.once('exit', resolve));
  /** Resolves once it has said this. */
  const said = async (name: 'stdout' | 'stderr', what: string): Promise<string> => {
    while (!text[name].includes(what)) await new Promise((resolve) => child[name]!.once('data', resolve));
    return text[name];
  };
  return { child, ended, said };
}
