// Whole crawls of simulated worlds in which no rule is ever broken, and every one of which ends. `npm run simulate` makes more.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSeed } from '../helpers/random.ts';
import { brokenRules } from './rules.ts';
import { simulate } from './simulate.ts';
import { crawlWorld } from './whole-crawl.ts';
import { makeWorld, type World } from './world.ts';

const SEED = runSeed('simulate');
/** What this file may take of a machine of two slow cores. */
const LASTS_MS = 20_000;

test('crawl: breaks no rule in any of the worlds that fit into twenty seconds', { timeout: 120_000 }, async () => {
  const startedMs = performance.now();
  const { runs, requests, failure } = await simulate(SEED, () => performance.now() - startedMs < LASTS_MS);
  console.log(`${runs} crawls with ${requests} requests`);
  const repeats = `npm run simulate -- --runs 1 --seed ${failure?.seed}`;
  assert.equal(failure, null, `${repeats}\n${failure?.broken.join('\n')}`);
  assert.ok(runs > 20, `${runs} crawls`);
});

test('crawl: the same seed gives the same requests at the same times', async () => {
  const told = async (): Promise<string[]> => {
    const { web, store } = await crawlWorld(makeWorld(SEED));
    await store.frontier.close();
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
    oddity: null,
  }));
  const rules = { concurrency: 8, hostConcurrency: 8, delayMs: 0, adapt: false, retries: 3, limit: null };
  return {
    ...{ seed: 1, roots: [`${plan.host}/`], outages: [], hosts: [{ ...plan, temper: 'fine', robots, pages }] },
    rules: { ...rules, hostLimit: null, sitemaps: false, interruptedAtMs: null },
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
  await result.store.frontier.close();
});
