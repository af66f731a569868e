import assert from 'node:assert/strict';
import { test } from 'node:test';
import { driftOf, type Minute } from './drift.ts';

const MB = 1024 * 1024;

/** Twelve minutes; `of` says what is special about the minute. */
function minutes(of: (minute: number) => Partial<Minute> = () => ({})): Minute[] {
  return Array.from({ length: 12 }, (_, minute) => {
    const usual = { pages: 6_000, groupMs: 20, serverMs: 0.4, churned: { queue: 5 * MB }, oldestMs: 3 };
    return { ...usual, added: (minute + 1) * 6 * MB, ...of(minute) };
  });
}

test('driftOf: sizes and times that stay about the same are no drift', () => {
  assert.deepEqual(driftOf(minutes()), []);
  assert.deepEqual(driftOf(minutes((minute) => ({ serverMs: 0.4 + (minute % 3) * 0.05 }))), []);
  assert.deepEqual(driftOf(minutes((minute) => ({ churned: { queue: (5 + (minute % 2)) * MB } }))), []);
});

test('driftOf: a table that grows, groups that get slower and rows that get larger are told', () => {
  assert.match(driftOf(minutes((minute) => ({ churned: { queue: (5 + minute) * MB } })))[0]!, /the size of queue/);
  assert.match(
    driftOf(minutes((minute) => ({ serverMs: 0.4 + 0.1 * minute })))[0]!,
    /the processor time of the server/,
  );
  assert.match(driftOf(minutes((minute) => ({ pages: 6_000 - 300 * minute })))[0]!, /the pages of a quarter went from/);
  assert.match(driftOf(minutes((minute) => ({ added: minute ** 2 * MB })))[0]!, /the bytes that a page adds/);
  assert.match(driftOf(minutes((minute) => ({ oldestMs: minute === 5 ? 60_000 : 3 })))[0]!, /open for 60000 ms/);
  assert.match(driftOf(minutes().slice(0, 3))[0]!, /4 are needed/);
});
