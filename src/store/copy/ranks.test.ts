import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSeed, seededRandom } from '../../../test/helpers/random.ts';
import { createRanks } from './ranks.ts';

test('createRanks: the rank of an id is its place among all ids, whatever the gaps', () => {
  const random = seededRandom(runSeed('ranks'));
  for (const gap of [1, 2, 40, 100_000]) {
    const ranks = createRanks();
    const ids: number[] = [];
    for (let id = 1; ids.length < 5_000; id += 1 + Math.floor(random() * gap)) {
      ids.push(id);
      ranks.add(id);
    }
    for (const [at, id] of ids.entries()) assert.equal(ranks.rankOf(id), at + 1);
    assert.equal(ranks.size, ids.length);
  }
});

test('createRanks: an unknown id and an id that does not rise are refused', () => {
  const ranks = createRanks();
  ranks.add(5);
  assert.throws(() => ranks.rankOf(4), /no row has the id 4/);
  assert.throws(() => ranks.rankOf(100_000_000), /no row has the id/);
  assert.throws(() => ranks.add(5), /id 5 comes after 5/);
});
