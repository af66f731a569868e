import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { inputLines } from './line-reader.ts';

const LENGTH_MAX = 1_000;

async function linesIn(input: Iterable<Uint8Array>, lengthMax = LENGTH_MAX) {
  const all = [];
  for await (const lines of inputLines(Readable.from(input), lengthMax)) all.push(...lines);
  assert.deepEqual(
    all.map(({ number }) => number),
    all.map((_, at) => at + 1),
  );
  return all;
}

const textsIn = async (input: Iterable<Uint8Array>) => (await linesIn(input)).map(({ text }) => text);
const byBytes = (bytes: Uint8Array) => Array.from(bytes, (byte) => Buffer.from([byte]));

test('inputLines: lines, their ends and characters that reads cut in two, a mark at the front, no end at the end', async () => {
  const text = '{"a":"ü"}\n\n{"b":"😀"}\r\nc\rd\r\n\r\nlast';
  const lines = ['{"a":"ü"}', '', '{"b":"😀"}', 'c', 'd', '', 'last'];
  const wide = Buffer.from(`\ufeff${text}`, 'utf16le');
  for (const bytes of [Buffer.from(text), Buffer.from(`\ufeff${text}`), wide, Buffer.from(wide).swap16()]) {
    assert.deepEqual(await textsIn(byBytes(bytes)), lines);
    assert.deepEqual(await textsIn([bytes]), lines);
  }
  assert.deepEqual(await textsIn([Buffer.from('a\n')]), ['a']);
  assert.deepEqual(await textsIn([Buffer.from([0xff])]), ['\ufffd']);
  assert.deepEqual(await textsIn([]), []);
});

test('inputLines: a line is given where it ends, whatever comes behind', async () => {
  const endless = function* (): Generator<Uint8Array> {
    yield Buffer.from('a\r');
    assert.fail('a second read');
  };
  for await (const lines of inputLines(Readable.from(endless(), { highWaterMark: 0 }), LENGTH_MAX)) {
    assert.deepEqual(lines, [{ number: 1, text: 'a', isTooLong: false }]);
    break;
  }
});

test('inputLines: of a line that is too long there is the beginning, and the next one is as it should be', async () => {
  for (const piece of [1, 7, LENGTH_MAX, LENGTH_MAX + 1, 5 * LENGTH_MAX]) {
    for (const length of [LENGTH_MAX, LENGTH_MAX + 1, 20 * LENGTH_MAX]) {
      const bytes = Buffer.from(`${'x'.repeat(length)}\nnext\n${'y'.repeat(length)}`);
      const input = Array.from({ length: Math.ceil(bytes.length / piece) }, (_, at) =>
        bytes.subarray(at * piece, (at + 1) * piece),
      );
      const isTooLong = length > LENGTH_MAX;
      assert.deepEqual(await linesIn(input), [
        { number: 1, text: 'x'.repeat(LENGTH_MAX), isTooLong },
        { number: 2, text: 'next', isTooLong: false },
        { number: 3, text: 'y'.repeat(LENGTH_MAX), isTooLong },
      ]);
    }
  }
});
