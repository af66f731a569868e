// Jobs in simulated worlds, stopped and killed and gone on with, in which no rule is ever broken, every one of which
// ends, and has what it should have. `npm run simulate` makes more.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CrawlResult, crawlWorld, type JobRow } from './job-life.ts';
import { differences, setBroken } from './oracle.ts';
import { brokenRules } from './rules.ts';
import { simulate } from './simulate.ts';
import { archiveBroken } from './slow-parts.ts';
import { makeWorld, undisturbed, type World } from './world.ts';

/** A found fault belongs to whoever looks for it with `npm run simulate`, and not to whoever changes something else. */
const SEED = Number(process.env['GOSSAMER_SEED'] ?? 20_267);
/** What this file may take of a machine of two slow cores. */
const LASTS_MS = 12_000;

test('crawl: breaks no rule in any of the worlds that fit into twelve seconds', { timeout: 120_000 }, async () => {
  const startedMs = performance.now();
  const { worlds, runs, kills, requests, failure } = await simulate(
    SEED,
    () => performance.now() - startedMs < LASTS_MS,
  );
  console.log(`${worlds} worlds of seed ${SEED}: ${runs} runs, ${kills} of them killed, with ${requests} requests`);
  const repeats = `npm run simulate -- --runs 1 --seed ${failure?.seed}`;
  assert.equal(failure, null, `${repeats}\n${failure?.broken.join('\n')}`);
  assert.ok(worlds > 0);
});

test('crawl: the same seed gives the same requests at the same times', async () => {
  const told = async (): Promise<string[]> => {
    const { web } = await crawlWorld(makeWorld(SEED));
    return web.log.map(({ url, startedAt, endedAt, outcome }) => `${startedAt} ${endedAt} ${url} ${outcome?.status}`);
  };
  assert.deepEqual(await told(), await told());
});

/** A world without trouble, in which several requests are in flight. */
function plainWorld(): World {
  const plan = { ...makeWorld(1).hosts[0]!, latencyMs: 20, most: Number.POSITIVE_INFINITY, rate: null, storms: [] };
  const robots = { status: 200, body: 'User-agent: *\n', crawlDelayMs: 0, failsUntilMs: 0, hops: 0, maxAgeS: null };
  const pages = Array.from({ length: 20 }, (_, page) => ({
    path: page === 0 ? '/' : `/p${page}`,
    links: [`${plan.host}/p${2 * page + 1}`, `${plan.host}/p${2 * page + 2}`],
    oddity: page === 7 ? ('moved' as const) : null,
  }));
  const rules = { concurrency: 8, hostConcurrency: 8, delayMs: 0, adapt: false, retries: 3, limit: null };
  const hosts = [{ ...plan, temper: 'fine' as const, robots, pages, aways: [] }];
  return {
    ...{ seed: 1, latencySeed: 1, roots: [`${plan.host}/`], hosts, outages: [], isExact: true, stops: [], steps: [] },
    hostsMost: 100,
    rules: { ...rules, hostLimit: null, hostPatienceMs: 3_600_000, sitemaps: false },
  };
}

test('brokenRules: catches what it is for', async () => {
  const world = plainWorld();
  const result = await crawlWorld(world);
  const { log } = result.web;
  assert.deepEqual(brokenRules(world, result), []);
  const strict = (rules: Partial<World['rules']>): string[] =>
    brokenRules({ ...world, rules: { ...world.rules, ...rules } }, result);
  assert.match(strict({ concurrency: 7 }).join(), /in all: 8 requests at once/);
  assert.match(strict({ hostConcurrency: 7 }).join(), /8 requests at once/);
  assert.match(strict({ delayMs: 100 }).join(), /where 100 is asked/);
  assert.match(strict({ limit: 10 }).join(), /where 10 is the limit/);
  assert.match(strict({ hostLimit: 10 }).join(), /where 10 is the limit/);
  const withLog = (change: (entry: (typeof log)[number], at: number) => Partial<(typeof log)[number]>): string =>
    brokenRules(world, {
      ...result,
      web: { ...result.web, log: log.map((entry, at) => ({ ...entry, ...change(entry, at) })) },
    }).join('\n');
  const status = (code: number, headers: string[] = []) => ({ ...log[5]!.outcome!, status: code, headers });
  assert.match(
    withLog((_, at) => (at === 0 ? { outcome: status(503) } : {})),
    /before robots.txt was had/,
  );
  assert.match(
    withLog((_, at) => (at === 2 ? { outcome: status(429, ['Retry-After', '60']) } : {})),
    /after a 429 that asked for 60000/,
  );
  assert.match(
    withLog((_, at) => (at === 5 ? { url: log[4]!.url, path: log[4]!.path } : {})),
    /was asked again after 200/,
  );
  assert.match(
    withLog((entry) => ({
      url: entry.url.replace('/p3', '/private/3'),
      path: entry.path.replace('/p3', '/private/3'),
    })),
    /is forbidden/,
  );
  assert.match(
    withLog((_, at) => (at === 7 ? { outcome: status(404) } : {})),
    /is done with 200, and the log has 404/,
  );
});

test('setBroken, differences: catch what is missing, too many, and has come to another end', async () => {
  const world = plainWorld();
  const result = await crawlWorld(world);
  const other = undisturbed(world);
  const peace = await crawlWorld(other);
  assert.deepEqual([...setBroken(world, result), ...setBroken(other, peace)], []);
  assert.deepEqual(differences(world, result, peace), []);
  const withRows = (change: (rows: readonly JobRow[]) => JobRow[]): CrawlResult => {
    return { ...result, rows: change(result.rows) };
  };
  const of = (path: string): JobRow => result.rows.find(({ url }) => new URL(url).pathname === path)!;
  const bad: readonly [RegExp, CrawlResult][] = [
    [/p5 is missing/, withRows((rows) => rows.filter(({ url }) => !url.endsWith('/p5')))],
    [/old\/p7 is missing/, withRows((rows) => rows.filter(({ url }) => !url.includes('old')))],
    [/p99 is there, and nothing/, withRows((rows) => [...rows, { ...of('/p5'), url: 'http://h0.example/p99' }])],
    [
      /p5 has come to 503, where 200/,
      withRows((rows) => rows.map((row) => (row === of('/p5') ? { ...row, status: 503 } : row))),
    ],
    [
      /p5 has come to refused/,
      withRows((rows) => rows.map((row) => (row === of('/p5') ? { ...row, state: 'failed', error: 'refused' } : row))),
    ],
  ];
  for (const [sentence, wrong] of bad) {
    assert.match(setBroken(world, wrong).join('\n'), sentence);
    assert.notDeepEqual(differences(world, wrong, peace), []);
  }
});

test('archiveBroken: catches records and rows that lack each other, and cuts off what is behind the last row', () => {
  const record = (at: number, hasRow = true) => {
    const place = { file: 'f', offset: at * 10, length: 10 };
    return { ...place, url: `http://h/${at}`, hasRow, isSynced: true };
  };
  const row = (at: number) => ({ url: `http://h/${at}`, archive: record(at) });
  const told = (records: ReturnType<typeof record>[], rows: number[]): string[] =>
    archiveBroken({ files: new Map([['f', records]]) }, rows.map(row));
  assert.deepEqual(told([record(0, false), record(1), record(2), record(3)], [1, 2]), []);
  assert.match(told([record(0), record(1)], [1]).join(), /h\/0 has no row, and is not at the end/);
  assert.match(told([record(0)], [0, 1]).join(), /h\/1: its record is not in f/);
  assert.match(told([{ ...record(0), isSynced: false }], [0]).join(), /was not synced/);
  const disk = { files: new Map([['f', [record(0), record(1)]]]) };
  archiveBroken(disk, [row(0)]);
  assert.equal(disk.files.get('f')?.length, 1);
});
