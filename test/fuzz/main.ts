// npm run fuzz -- --target html --cases 1000000 --seed 1
// Runs as many cases as are asked for and says the first that two readings differ in, made small.

import { parseArgs } from 'node:util';
import { runSeed } from '../helpers/random.ts';
import { fuzz, told } from './fuzz.ts';
import { TARGETS } from './targets.ts';

const { values } = parseArgs({
  options: {
    target: { type: 'string', default: 'html' },
    cases: { type: 'string', default: '1000000' },
    seed: { type: 'string' },
  },
});
const makeTarget = Object.hasOwn(TARGETS, values.target) ? TARGETS[values.target as keyof typeof TARGETS] : undefined;
const cases = Number(values.cases);
if (makeTarget === undefined || !(cases >= 1)) {
  console.error(`usage: npm run fuzz -- [--target ${Object.keys(TARGETS).join('|')}] [--cases N] [--seed S]`);
  process.exit(2);
}
const seed = values.seed === undefined ? runSeed('fuzz') : Number(values.seed);
const startedMs = performance.now();
const { allowed, failure } = await fuzz(await makeTarget(), { cases, seed });
if (failure === null)
  console.log(
    `${cases} cases of seed ${seed} in ${((performance.now() - startedMs) / 1000).toFixed(1)} s: no difference`,
  );
else console.log(told(failure, { cases, seed }));
for (const [because, count] of allowed) console.log(`${count} times allowed: ${because}`);
process.exitCode = failure === null ? 0 : 1;
