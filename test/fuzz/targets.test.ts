// A short run of every target with an oracle that allows little, and the bugs that its fuzz must find.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSeed } from '../helpers/random.ts';
import { CSS_BUGS, KEY_BUGS, RESPONSE_BUGS, ROBOTS_BUGS, SITEMAP_BUGS, WARC_BUGS } from './bugs.ts';
import { fuzz, told } from './fuzz.ts';
import { type Bug, plant } from './planted.ts';
import { TARGETS } from './targets.ts';

type Name = keyof typeof TARGETS;

/** Cases that take about a second. */
const RUNS: readonly (readonly [name: Name, cases: number, bugs: readonly Bug[]])[] = [
  ['key', 20_000, KEY_BUGS],
  ['css', 20_000, CSS_BUGS],
  ['response', 10_000, RESPONSE_BUGS],
  ['robots', 10_000, ROBOTS_BUGS],
  ['sitemap', 5_000, SITEMAP_BUGS],
  ['warc', 1_000, WARC_BUGS],
];
const CASES_FOR_A_BUG = 10_000;

for (const [name, cases, bugs] of RUNS) {
  test(`${name}: ${cases} made cases without a difference`, async (context) => {
    const seed = runSeed(name);
    const { allowed, failure } = await fuzz(await TARGETS[name](), { cases, seed });
    assert.equal(failure, null, failure === null ? '' : told(failure, { cases, seed }));
    for (const [because, count] of allowed) context.diagnostic(`${count} times: ${because}`);
  });

  for (const bug of bugs) {
    test(`${name}: finds within ${CASES_FOR_A_BUG} cases that ${bug.name}`, async () => {
      using planted = plant(bug);
      const target = await TARGETS[name](planted.source);
      const { failure } = await fuzz(target, { cases: CASES_FOR_A_BUG, seed: 1, shrinks: false });
      assert.notEqual(failure, null);
    });
  }
}
