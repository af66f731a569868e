import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BoundedMap } from './bounded-map.ts';

test('BoundedMap: it never holds more than its bound, and keeps the half that was used last', () => {
  const map = new BoundedMap<number, string>(100);
  for (let key = 0; key < 1_000; key += 1) {
    map.touch(key, () => `made ${key}`);
    const held = Array.from({ length: key + 1 }, (_, each) => each).filter((each) => map.has(each));
    assert.ok(held.length <= 100, `${held.length} entries`);
    assert.deepEqual(held.slice(-Math.min(50, key + 1))[0], Math.max(0, key - 49));
  }
});

test('BoundedMap: an entry that is used again and again stays, with its value', () => {
  const map = new BoundedMap<number, number>(10);
  for (let key = 1; key < 200; key += 1) {
    map.set(key, key);
    assert.equal(
      map.touch(0, () => key),
      1,
    );
  }
  map.set(0, 7);
  assert.equal(map.get(0), 7);
});
