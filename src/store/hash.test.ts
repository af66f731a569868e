import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hashText } from './hash.ts';

function hashOf(text: string, seed: readonly [number, number] = [1, 2]): string {
  const out = new Int32Array(2);
  hashText(text, seed, out);
  return out.join(' ');
}

test('hashText: texts that differ have other hashes, whatever their length and alphabet', () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('', '\0', '\0\0', '\0\0\0\0', 'é'));
  fc.assert(
    fc.property(text, text, (one, other) => {
      assert.equal(hashOf(one) === hashOf(other), one === other);
    }),
    { numRuns: 500 },
  );
});

test('hashText: another seed gives another hash', () => {
  assert.notEqual(hashOf('https://example.com/', [1, 2]), hashOf('https://example.com/', [1, 3]));
  assert.notEqual(hashOf('https://example.com/', [1, 2]), hashOf('https://example.com/', [0, 2]));
});

test('hashText: each bit of a hundred thousand similar URLs is set in half of them', () => {
  const counts = new Float64Array(64);
  const out = new Int32Array(2);
  const total = 100_000;
  for (let page = 0; page < total; page += 1) {
    hashText(`https://example.com/page/${page}`, [7, 9], out);
    for (let bit = 0; bit < 64; bit += 1) counts[bit]! += (out[bit >> 5]! >>> (bit & 31)) & 1;
  }
  for (const count of counts) assert.ok(Math.abs(count / total - 0.5) < 0.01);
});

test('hashText: stays as it is, since it stands in databases', () => {
  assert.equal(hashOf('https://example.com/', [0x01234567, 0x89abcdef | 0]), '-153473010 913964060');
});
