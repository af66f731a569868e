import assert from 'node:assert/strict';
import { test } from 'node:test';
import { removeAt } from './unordered.ts';

test('removeAt: the last entry takes the place of the one that leaves', () => {
  const list = ['a', 'b', 'c'];
  assert.equal(removeAt(list, 0), 'c');
  assert.deepEqual(list, ['c', 'b']);
});

test('removeAt: the last entry leaves, and none moves', () => {
  const list = ['a', 'b'];
  assert.equal(removeAt(list, 1), undefined);
  assert.equal(removeAt(list, 0), undefined);
  assert.deepEqual(list, []);
  assert.equal(removeAt(list, 0), undefined);
});
