import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { BODY_BLOCK_BYTES, BODY_IN_MEMORY_BYTES_MAX, BODY_TRUSTED_BYTES_MAX } from '../../base/limits.ts';
import { BodyMemory } from '../body-memory.ts';
import { ResponseBody } from './response-body.ts';

function filled(bytesMax: number, expected: number, pieces: readonly number[]): ResponseBody {
  const body = new ResponseBody(new BodyMemory(), bytesMax, {
    contentLength: expected,
    headers: [],
    isTransferCoded: false,
  });
  let value = 0;
  for (const length of pieces) {
    value += 1;
    body.append(Buffer.alloc(length, value), 0, length);
  }
  return body;
}

test('ResponseBody: takes the promised memory at once, a block where there is one for it', () => {
  assert.equal(filled(1e6, 1000, [10, 990]).bytes.buffer.byteLength, BODY_BLOCK_BYTES[0]);
  assert.equal(filled(1e6, BODY_BLOCK_BYTES[2]!, [10, 9990]).bytes.buffer.byteLength, BODY_BLOCK_BYTES[2]);
});

test('ResponseBody: believes no large promise', () => {
  const { bytes } = filled(1e9, 2 * BODY_TRUSTED_BYTES_MAX, [10]);
  assert.ok(bytes.buffer.byteLength <= BODY_BLOCK_BYTES[0]!);
});

test('ResponseBody: gives all pieces in order, however it had to grow', () => {
  for (const expected of [-1, 6, 5000, 2 * BODY_TRUSTED_BYTES_MAX]) {
    assert.deepEqual([...filled(1e6, expected, [1, 2, 3]).bytes], [1, 2, 2, 3, 3, 3]);
  }
});

test('ResponseBody: takes part of a piece and says so', () => {
  const body = filled(10, -1, [8]);
  assert.equal(body.append(Buffer.alloc(4, 9), 0, 4), false);
  assert.equal(body.length, 10);
  assert.equal(body.append(Buffer.alloc(0), 0, 0), true);
});

test('ResponseBody: is empty before anything came', () => {
  assert.equal(
    new ResponseBody(new BodyMemory(), 10, { contentLength: 5, headers: [], isTransferCoded: false }).bytes.length,
    0,
  );
});

test('ResponseBody.sha256: is that of a long body in whatever pieces it came, and of no other', () => {
  const long = BODY_IN_MEMORY_BYTES_MAX;
  for (const pieces of [
    [long, 1],
    [long, 1, 1, 70_000, 5],
    [1, long, 65_536],
    [2 * long],
    Array<number>(40_000).fill(27),
  ]) {
    const body = filled(4 * long, -1, pieces);
    assert.deepEqual(body.sha256(), createHash('sha256').update(body.bytes).digest(), `${pieces.slice(0, 5)}`);
  }
  assert.equal(filled(4 * long, -1, [long]).sha256(), undefined);
});
