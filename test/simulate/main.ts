// npm run simulate -- --runs 10000 --seed 1 Lives of jobs in as many simulated worlds as are asked for, in as many
// threads as there are processors; the first in which a rule is broken is told.

import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { runSeed } from '../helpers/random.ts';
import { type Simulated, simulate } from './simulate.ts';

interface Share {
  readonly seed: number;
  readonly worlds: number;
  readonly first: number;
  readonly by: number;
}

if (isMainThread) await main();
else {
  const { seed, worlds, first, by } = workerData as Share;
  parentPort!.postMessage(await simulate(seed, (world) => world < worlds, first, by));
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { runs: { type: 'string', default: '1000' }, seed: { type: 'string' } } });
  const worlds = Number(values.runs);
  if (!(worlds >= 1)) {
    console.error('usage: npm run simulate -- [--runs N] [--seed S]');
    process.exitCode = 2;
    return;
  }
  const seed = values.seed === undefined ? runSeed('simulate') : Number(values.seed);
  const startedMs = performance.now();
  const by = Math.min(worlds, availableParallelism());
  const shares = await Promise.all(Array.from({ length: by }, (_, first) => inThread({ seed, worlds, first, by })));
  tell(seed, shares, (performance.now() - startedMs) / 1000);
}

function inThread(share: Share): Promise<Simulated> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: share });
    worker.on('message', resolve);
    worker.on('error', reject);
  });
}

function tell(seed: number, shares: readonly Simulated[], seconds: number): void {
  const sum = (of: (share: Simulated) => number): number => shares.reduce((all, share) => all + of(share), 0);
  const endings = new Map<string, number>();
  for (const [ending, count] of shares.flatMap((share) => [...share.endings])) {
    endings.set(ending, (endings.get(ending) ?? 0) + count);
  }
  const [runs, kills, requests] = [sum((each) => each.runs), sum((each) => each.kills), sum((each) => each.requests)];
  console.log(
    `${sum((each) => each.worlds)} worlds of seed ${seed}: ${runs} runs, ${kills} of them killed, ${requests} requests, in ${seconds.toFixed(1)} s`,
  );
  console.log([...endings].map(([ending, count]) => `${ending} ${count}`).join(', '));
  for (const { failure } of shares) {
    if (failure === null) continue;
    console.log(`a rule is broken; npm run simulate -- --runs 1 --seed ${failure.seed} repeats it:`);
    for (const sentence of failure.broken.slice(0, 20)) console.log(`  ${sentence}`);
    process.exitCode = 1;
  }
}
