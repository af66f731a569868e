import assert from 'node:assert/strict';
import { test } from 'node:test';
import { partsOf } from './parts.ts';

const urls = (...lengths: readonly number[]) => lengths.map((length) => ({ url: 'x'.repeat(length) }));

test('partsOf: each part is as long as it may be, and all of them are the list', () => {
  assert.deepEqual([...partsOf([], 2, 10)], []);
  assert.deepEqual(
    [...partsOf(urls(1, 1, 1, 1, 1), 2, 10)],
    [
      [0, 2],
      [2, 4],
      [4, 5],
    ],
  );
  assert.deepEqual(
    [...partsOf(urls(5, 5, 1, 20, 1, 9), 4, 10)],
    [
      [0, 2],
      [2, 3],
      [3, 4],
      [4, 6],
    ],
  );
});
