import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSeed } from '../helpers/random.ts';
import { fuzz, told } from './fuzz.ts';
import { joinTarget } from './join.ts';

const CASES = 300_000;

test(`joinUrl: joins ${CASES} links as the URL parser does`, async () => {
  const seed = runSeed('join');
  const { failure } = await fuzz(joinTarget(), { cases: CASES, seed });
  assert.equal(failure, null, failure === null ? '' : told(failure, { cases: CASES, seed }));
});
