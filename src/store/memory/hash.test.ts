import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../../../test/helpers/properties.ts';
import { runSeed } from '../../../test/helpers/random.ts';
import { hashText } from './hash.ts';

const SEED = runSeed('hash');

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
    { numRuns: 500, seed: SEED },
  );
});

/**
 * HalfSipHash-1-3 with 64 bits of output, written like its authors' reference code: one round for a word, three rounds
 * for each half.
 */
function slowHash(bytes: Uint8Array, k0: number, k1: number): string {
  const v = [k0 | 0, k1 ^ 0xee, k0 ^ 0x6c796765, k1 ^ 0x74656462] as [number, number, number, number];
  const turn = (word: number, by: number): number => (word << by) | (word >>> (32 - by));
  const mix = (to: 0 | 2, from: 1 | 3, by: number): void => {
    v[to] = (v[to] + v[from]) | 0;
    v[from] = turn(v[from], by) ^ v[to];
  };
  const round = (): void => {
    mix(0, 1, 5);
    v[0] = turn(v[0], 16);
    mix(2, 3, 8);
    mix(0, 3, 7);
    mix(2, 1, 13);
    v[2] = turn(v[2], 16);
  };
  const padded = Buffer.concat([bytes, Buffer.alloc(4 - (bytes.length % 4))]);
  padded[padded.length - 1] = bytes.length;
  for (let at = 0; at < padded.length; at += 4) {
    const word = padded.readInt32LE(at);
    v[3] ^= word;
    round();
    v[0] ^= word;
  }
  v[2] ^= 0xee;
  const halves: number[] = [];
  for (let half = 0; half < 2; half += 1) {
    for (let count = 0; count < 3; count += 1) round();
    halves.push(v[1] ^ v[3]);
    v[1] ^= 0xdd;
  }
  return halves.join(' ');
}

test('hashText: agrees with the algorithm as it was published, byte by byte', () => {
  const half = fc.integer();
  const latin = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
  const text = fc.oneof(latin, fc.string({ maxLength: 300 }), fc.string({ unit: 'binary', maxLength: 300 }));
  fc.assert(
    fc.property(text, half, half, (text, high, low) => {
      const isBytes = !/[^\0-\xff]/.test(text);
      const bytes = isBytes ? Buffer.from(text, 'latin1') : Buffer.from(text, 'utf16le');
      assert.equal(hashOf(text, [high, low]), slowHash(bytes, high, isBytes ? low : ~low));
    }),
    { numRuns: 500, seed: SEED },
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
