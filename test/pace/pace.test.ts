// The limit that the gate finds by itself, against every fixed one, on servers of many kinds. Virtual time, so minutes
// take milliseconds and the same seed gives the same run.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSeed } from '../helpers/random.ts';
import { type PaceRules, runPace } from './pace-run.ts';
import { changing, cores, limitedRate, type MakeServer, overloadedPast, steady, uneven } from './servers.ts';

const SEED = runSeed('pace');
const MINUTE_MS = 60_000;

interface Kind {
  readonly make: MakeServer;
  /** Errors, as a share of all requests. */
  readonly errorsMax: number;
  /** Virtual time; a host that has us wait long is learnt of slowly. */
  readonly lastsMs?: number;
  readonly pagesMax?: number;
}

const KINDS: Readonly<Record<string, Kind>> = {
  'fast (1 ms)': { make: steady(1), errorsMax: 0 },
  'bound by latency (200 ms)': { make: steady(200), errorsMax: 0 },
  'bound by four cores (20 ms each)': { make: cores(4, 20), errorsMax: 0 },
  'uneven (a long tail)': { make: uneven(200), errorsMax: 0 },
  'overloaded past 40, says 503': { make: overloadedPast(40, 100), errorsMax: 0.01 },
  'overloaded past 40, says nothing': { make: overloadedPast(40, 100, 'silence'), errorsMax: 0.01 },
  '50 a second, 429 and Retry-After 2': { make: limitedRate(50, 20, 50, 2), errorsMax: 0.01 },
  '20 a second, 429 and Retry-After 30': {
    make: limitedRate(20, 40, 100, 30),
    errorsMax: 0.01,
    lastsMs: 60 * MINUTE_MS,
    pagesMax: 75_000,
  },
  'four cores, then sixteen, then four': {
    make: changing(MINUTE_MS, [cores(4, 20), cores(16, 20), cores(4, 20)]),
    errorsMax: 0,
  },
  'overloaded past 40, then past 10, then past 40': {
    make: changing(MINUTE_MS, [overloadedPast(40, 100), overloadedPast(10, 100), overloadedPast(40, 100)]),
    errorsMax: 0.01,
  },
  'ten times slower for two minutes': {
    make: changing(2 * MINUTE_MS, [steady(50), steady(500), steady(50)]),
    errorsMax: 0,
  },
};

for (const hostConcurrency of [16, 64]) {
  for (const [name, { make, errorsMax, lastsMs = 6 * MINUTE_MS, pagesMax = 25_000 }] of Object.entries(KINDS)) {
    test(`pace: ${name}, at most ${hostConcurrency}: nine tenths of the best fixed limit`, async () => {
      const rules = { lastsMs, pagesMax, seed: SEED };
      const adaptive = await runPace(make, { ...rules, hostConcurrency, adapt: true });
      const best = await bestFixed(name, make, rules, hostConcurrency);
      const ratio = adaptive.pagesPerSecond / best.pagesPerSecond;
      const said = `${adaptive.pagesPerSecond.toFixed(1)} a second where ${best.most} at once makes ${best.pagesPerSecond.toFixed(1)}`;
      assert.ok(ratio >= 0.9, said);
      assert.ok(adaptive.errors <= errorsMax, `${(adaptive.errors * 100).toFixed(2)} % errors`);
      assert.equal(adaptive.early, 0, 'nothing is asked before Retry-After is over');
    });
  }
}

test('pace: a queue is not made longer than it must be, however long the crawl', async () => {
  const { limits } = await runPace(cores(4, 20), {
    ...{ hostConcurrency: 64, adapt: true, lastsMs: 20 * MINUTE_MS, pagesMax: 1_000_000, seed: SEED },
  });
  const sorted = limits.slice(10).sort((a, b) => a - b);
  // Twelve to twenty are where four cores of 20 ms take 50 ms more than alone.
  assert.ok(sorted[sorted.length >> 1]! <= 20, `${sorted[sorted.length >> 1]} at once in the middle`);
  assert.ok(sorted[0]! >= 4, `never fewer than there are cores: ${sorted[0]}`);
});

test('pace: the same seed gives the same run', async () => {
  const rules = { hostConcurrency: 64, adapt: true, lastsMs: MINUTE_MS, pagesMax: 5_000, seed: SEED };
  assert.deepEqual(await runPace(overloadedPast(40, 100), rules), await runPace(overloadedPast(40, 100), rules));
});

type Span = Pick<PaceRules, 'lastsMs' | 'pagesMax' | 'seed'>;

/** Pages per second. The same seed gives the same run, so that one run serves both limits of the host. */
const fixedRuns = new Map<string, number>();

async function bestFixed(name: string, make: MakeServer, rules: Span, hostConcurrency: number) {
  let best = { most: 0, pagesPerSecond: 0 };
  for (const most of [1, 2, 4, 8, 16, 32, 64].filter((each) => each <= hostConcurrency)) {
    const run = `${most} at once, ${name}`;
    const pagesPerSecond = fixedRuns.get(run) ?? (await fixedPace(make, rules, most));
    fixedRuns.set(run, pagesPerSecond);
    if (pagesPerSecond > best.pagesPerSecond) best = { most, pagesPerSecond };
  }
  return best;
}

async function fixedPace(make: MakeServer, rules: Span, most: number): Promise<number> {
  return (await runPace(make, { ...rules, hostConcurrency: most, adapt: false })).pagesPerSecond;
}
