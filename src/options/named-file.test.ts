import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
