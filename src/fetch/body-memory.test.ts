import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BODY_BLOCK_BYTES, BODY_BLOCKS_KEPT_BYTES_MAX } from '../base/limits.ts';
import { BodyMemory } from './body-memory.ts';

test('BodyMemory.take: gives what was given back, and never twice', () => {
  const memory = new BodyMemory();
  const first = memory.take(10_000);
  const second = memory.take(10_000);
  assert.notEqual(first.buffer, second.buffer);
  memory.give(first.buffer);
  assert.equal(memory.take(9_000).buffer, first.buffer);
  assert.notEqual(memory.take(9_000).buffer, first.buffer);
});

test('BodyMemory.take: is as long as was asked, in blocks and past the largest of them', () => {
  const memory = new BodyMemory();
  for (const blockBytes of BODY_BLOCK_BYTES) {
    assert.equal(memory.take(blockBytes).length, blockBytes);
    assert.ok(memory.take(blockBytes + 1).length > blockBytes);
  }
});

test('BodyMemory.give: keeps no memory of another length, and no more than its bound', () => {
  const memory = new BodyMemory();
  const foreign = new ArrayBuffer(10);
  memory.give(foreign);
  assert.notEqual(memory.take(10).buffer, foreign);
  const blockBytes = BODY_BLOCK_BYTES[0]!;
  const most = BODY_BLOCKS_KEPT_BYTES_MAX / blockBytes;
  const given = Array.from({ length: most + 1 }, () => new ArrayBuffer(blockBytes));
  for (const block of given) memory.give(block);
  const known = new Set<ArrayBufferLike>(given);
  const taken = given.map(() => memory.take(blockBytes).buffer);
  assert.equal(taken.filter((block) => known.has(block)).length, most);
});

test('BodyMemory.grown: keeps what is there, in blocks and past them, and a long one grows where it is', () => {
  const memory = new BodyMemory();
  const mostBytes = 200 * 1024 * 1024;
  let bytes = memory.take(1_000);
  bytes.fill(7);
  let length = 1_000;
  let buffer: ArrayBufferLike = bytes.buffer;
  const moves: number[] = [];
  for (const wanted of [2_000, 300_000, 1_000_000, 8_000_000, 100_000_000]) {
    bytes = memory.grown(bytes, length, wanted, mostBytes);
    assert.ok(bytes.length >= wanted);
    assert.equal(bytes[length - 1], 7);
    bytes.fill(7, length, length + 10);
    length += 10;
    if (bytes.buffer !== buffer) moves.push(wanted);
    buffer = bytes.buffer;
  }
  // The last is more than was reserved.
  assert.deepEqual(moves, [2_000, 300_000, 100_000_000]);
  memory.give(buffer);
  assert.equal(buffer.byteLength, 0, 'the system has it again');
});
