import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../../../test/helpers/properties.ts';
import { runSeed } from '../../../test/helpers/random.ts';
import { hashText } from './hash.ts';
import { createSeen, ID_MAX } from './seen.ts';

const SEED = runSeed('seen');

test('put, find: agree with a Map, whatever is put, found and asked again, and however large they began', () => {
  // Few distinct values, so that keys compete for slots, hashes differ only in one half, and a few tables get all keys.
  const half = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
  const id = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: ID_MAX - 5, max: ID_MAX }));
  const steps = fc.array(fc.tuple(fc.boolean(), half, half, id), { maxLength: 2000, size: 'max' });
  fc.assert(
    fc.property(fc.nat(5000), steps, (expected, all) => {
      const seen = createSeen(expected);
      const model = new Map<string, number>();
      for (const [isPut, high, low, given] of all) {
        const name = `${high} ${low}`;
        assert.equal(seen.find(high, low), model.get(name) ?? 0);
        if (!isPut) continue;
        const kept = model.get(name) ?? given;
        assert.equal(seen.put(high, low, given), kept);
        model.set(name, kept);
      }
      assert.equal(seen.size, model.size);
      for (const [, high, low] of all) assert.equal(seen.find(high, low), model.get(`${high} ${low}`) ?? 0);
    }),
    { numRuns: 40, seed: SEED },
  );
});

test('put, find: with the hash of a key, agree with a Map of keys', () => {
  const keys = fc.array(fc.tuple(fc.nat(40), fc.nat(40), fc.string({ maxLength: 3 })), {
    maxLength: 1000,
    size: 'max',
  });
  const hash = new Int32Array(2);
  fc.assert(
    fc.property(keys, fc.integer(), fc.integer(), (all, seedHigh, seedLow) => {
      const seen = createSeen();
      const model = new Map<string, number>();
      for (const [host, path, query] of all) {
        const key = `http://h${host}/${path}?${query}`;
        const next = model.size + 1;
        hashText(key, [seedHigh, seedLow], hash);
        assert.equal(seen.put(hash[0]!, hash[1]!, next), model.get(key) ?? next, key);
        if (!model.has(key)) model.set(key, next);
      }
      assert.equal(seen.size, model.size);
    }),
    { numRuns: 40, seed: SEED },
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
