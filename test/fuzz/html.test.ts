// The fuzz itself is put to the test: it finds nothing in the scanner, every bug that is planted, and every allowed
// difference.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSeed } from '../helpers/random.ts';
import { ALLOWED } from './allowed.ts';
import { HTML_BUGS } from './bugs.ts';
import { fuzz, told } from './fuzz.ts';
import { htmlTarget } from './html.ts';
import { plant } from './planted.ts';

const CASES = 50_000;
const CASES_FOR_A_BUG = 10_000;
const HOW = { charset: 'utf-8', piece: 7 };

test(`scanner: reads ${CASES} made pages as parse5 does`, async (context) => {
  const seed = runSeed('html');
  const { allowed, failure } = await fuzz(await htmlTarget(), { cases: CASES, seed });
  assert.equal(failure, null, failure === null ? '' : told(failure, { cases: CASES, seed }));
  const excused = [...allowed.values()].reduce((sum, count) => sum + count, 0);
  for (const [because, count] of allowed) context.diagnostic(`${count} times: ${because}`);
  assert.ok(excused < CASES / 20, `${excused} pages were excused`);
});

test('scanner: every allowed difference is still there', async () => {
  const target = await htmlTarget();
  for (const { because, example } of ALLOWED)
    assert.equal((await target.check({ input: example, how: HOW }))?.because, because, example);
});

for (const bug of HTML_BUGS) {
  test(`fuzz: finds within ${CASES_FOR_A_BUG} pages that ${bug.name}`, async () => {
    using planted = plant(bug);
    const target = await htmlTarget(planted.source);
    const { failure } = await fuzz(target, { cases: CASES_FOR_A_BUG, seed: 1, shrinks: false });
    assert.notEqual(failure, null);
  });
}
