import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createSeen, ID_MAX } from './seen.ts';

test('put, find: agree with a Map', () => {
  // Few different values, so that slots are fought over and hashes differ in one half only.
  const half = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
  fc.assert(
    fc.property(fc.array(fc.tuple(half, half), { maxLength: 2000 }), (hashes) => {
      const seen = createSeen();
      const model = new Map<string, number>();
      for (const [index, [high, low]] of hashes.entries()) {
        const name = `${high} ${low}`;
        assert.equal(seen.find(high, low), model.get(name) ?? 0);
        const id = model.get(name) ?? index + 1;
        assert.equal(seen.put(high, low, index + 1), id);
        model.set(name, id);
      }
      assert.equal(seen.size, model.size);
      for (const [high, low] of hashes) assert.equal(seen.find(high, low), model.get(`${high} ${low}`));
    }),
    { numRuns: 50 },
  );
});

test('put: keeps all over many growths, in at most 24 bytes each', () => {
  const seen = createSeen();
  const count = 200_000;
  let average = 0;
  for (let id = 1; id <= count; id += 1) {
    seen.put(Math.imul(id, 0x9e3779b1), Math.imul(id, 0x85ebca6b), id);
    if (id > 10_000) average += seen.bytes / id / (count - 10_000);
  }
  for (let id = 1; id <= count; id += 1) {
    assert.equal(seen.find(Math.imul(id, 0x9e3779b1), Math.imul(id, 0x85ebca6b)), id);
  }
  assert.ok(average < 24, `${average} bytes each`);
});

test('put: an id out of range is refused, the highest is kept', () => {
  const seen = createSeen(1000);
  assert.throws(() => seen.put(1, 1, 0), /id 0/);
  assert.throws(() => seen.put(1, 1, ID_MAX + 1), /does not fit/);
  assert.equal(seen.put(1, 1, ID_MAX), ID_MAX);
  assert.equal(seen.find(1, 1), ID_MAX);
});
