// npm run simulate -- --runs 1000 --seed 1
// Crawls as many simulated worlds as are asked for, and says the first in which a rule is broken.

import { parseArgs } from 'node:util';
import { runSeed } from '../helpers/random.ts';
import { simulate } from './simulate.ts';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '1000' }, seed: { type: 'string' } } });
const runs = Number(values.runs);
if (!(runs >= 1)) {
  console.error('usage: npm run simulate -- [--runs N] [--seed S]');
  process.exit(2);
}
const seed = values.seed === undefined ? runSeed('simulate') : Number(values.seed);
const startedMs = performance.now();
const { runs: made, requests, endings, failure } = await simulate(seed, (count) => count < runs);
const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
const endedBy = [...endings].map(([ending, count]) => `${ending} ${count}`).join(', ');
console.log(`${made} crawls of seed ${seed} with ${requests} requests in ${seconds} s (${endedBy})`);
if (failure !== null) {
  console.log(`a rule is broken; npm run simulate -- --runs 1 --seed ${failure.seed} repeats it:`);
  for (const sentence of failure.broken.slice(0, 20)) console.log(`  ${sentence}`);
  process.exitCode = 1;
}
