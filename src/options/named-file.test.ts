import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { beginningOfStream, readBeginning, wholeText } from './named-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'gossamer-named-'));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'file');

test('readBeginning: all of a file up to the bound, and no byte more', () => {
  for (const length of [0, 1, 9, 10, 11, 3_000_000]) {
    const content = Buffer.alloc(length, 'abc');
    writeFileSync(file, content);
    for (const bytesMax of [10, 2 * 1024 * 1024, 4_000_000]) {
      const { bytes, isCut } = readBeginning(file, bytesMax);
      assert.deepEqual(bytes, content.subarray(0, bytesMax));
      assert.equal(isCut, length > bytesMax);
    }
  }
});

test('readBeginning: reads that give few bytes, as those of a pipe, take no more memory than others', () => {
  const content = Buffer.alloc(100_000, 'abcdefg');
  writeFileSync(file, content);
  for (const most of [1, 7, 1_000]) {
    const memory = new Set<ArrayBufferLike>();
    const { bytes, isCut } = readBeginning(file, 16 * 1024 * 1024, (opened, into) => {
      memory.add(into.buffer);
      return readSync(opened, into.subarray(0, most));
    });
    assert.deepEqual(bytes, content);
    assert.deepEqual([isCut, memory.size], [false, 1]);
  }
});

test('beginningOfStream: keeps the bytes of short chunks, and not the chunks', async () => {
  const own = Buffer.alloc(3);
  async function* short(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < 700_000; at += 1) {
      own.fill(at % 251);
      yield own;
    }
  }
  const { bytes, isCut } = await beginningOfStream(short(), 2_000_000);
  const expected = Buffer.from(Array.from({ length: 2_000_000 }, (_, at) => Math.floor(at / 3) % 251));
  assert.ok(bytes.equals(expected) && isCut);
});

test('wholeText: a file that is too long, and one that was long enough and grew, is refused', () => {
  writeFileSync(file, Buffer.concat([Buffer.from('\ufeff'), Buffer.alloc(1024 * 1024 - 3, 'a')]));
  assert.equal(wholeText(file, 1024 * 1024), 'a'.repeat(1024 * 1024 - 3));
  appendFileSync(file, 'b');
  assert.throws(() => wholeText(file, 1024 * 1024), /^Error: it has more than 1 MB$/);
});

test('beginningOfStream: a stream without an end is given up', async () => {
  let wasGivenUp = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield Buffer.from('abc');
    } finally {
      wasGivenUp = true;
    }
  }
  const { bytes, isCut } = await beginningOfStream(endless(), 10);
  assert.equal(bytes.toString(), 'abcabcabca');
  assert.ok(isCut && wasGivenUp);
});
