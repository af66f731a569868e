import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDepths, DEEP } from './depths.ts';

test('createDepths: keeps what was set, and no more than its bound', () => {
  const depths = createDepths();
  for (let id = 1; id <= 200_000; id += 1) depths.set(id, id % 300);
  for (const id of [1, 65_535, 65_536, 131_073, 200_000])
    assert.equal(depths.of(id), Math.min(id % 300, DEEP), `${id}`);
  depths.set(65_536, 7);
  assert.equal(depths.of(65_536), 7);
  assert.equal(depths.bytes, 4 * 65_536);
});
