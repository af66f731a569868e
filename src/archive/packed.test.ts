import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { runSeed, seededRandom } from '../../test/helpers/random.ts';
import { isPacked } from './packed.ts';

test('isPacked: what a compressor made, and nothing that people or programs read', () => {
  const random = seededRandom(runSeed('packed'));
  const letters = (from: number, count: number): string =>
    Array.from({ length: 3_000 }, () => String.fromCodePoint(from + Math.floor(random() * count))).join('');
  const text = letters(97, 26);
  const noise = Buffer.from(Array.from({ length: 20_000 }, () => random() * 256));
  for (const packed of [
    gzipSync(text),
    brotliCompressSync(text),
    zstdCompressSync(text),
    deflateRawSync(text),
    noise,
  ]) {
    assert.ok(isPacked(packed));
  }
  const plain: Record<string, Buffer> = {
    english: Buffer.from(text),
    cyrillic: Buffer.from(letters(0x410, 64)),
    chinese: Buffer.from(letters(0x4e00, 2_500)),
    'chinese in UTF-16': Buffer.from(letters(0x4e00, 2_500), 'utf16le'),
    base64: Buffer.from(noise.toString('base64')),
    hexadecimal: Buffer.from(noise.toString('hex')),
    'sixteen bits a number': Buffer.from(Uint16Array.from({ length: 5_000 }, () => random() * 600).buffer),
    zeros: Buffer.alloc(5_000),
    'half of it': Buffer.concat([Buffer.alloc(20_000, text), noise]),
    'too short': noise.subarray(0, 500),
    nothing: Buffer.alloc(0),
  };
  for (const [name, bytes] of Object.entries(plain)) assert.ok(!isPacked(bytes), name);
});
