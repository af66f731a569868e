import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HashSet32 } from './hash-set.ts';

test('HashSet32: each hash once, in the order of coming, hashes that share a slot too', () => {
  const set = new HashSet32(8);
  for (const hash of [5, 21, 5, 37, 0, 0xffffffff, 21, 0]) set.add(hash);
  assert.deepEqual([...set.toArray()], [5, 21, 37, 0, 0xffffffff]);
});

test('HashSet32: a full set takes no more, and is empty once it is cleared', () => {
  const set = new HashSet32(2);
  for (const hash of [1, 2, 3, 1]) set.add(hash);
  const full = set.toArray();
  set.clear();
  set.add(4);
  assert.deepEqual([[...full], [...set.toArray()], set.size], [[1, 2], [4], 1]);
});
