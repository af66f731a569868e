import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atOnce, inTurns, type Sliced } from './slices.ts';

function* counted(slices: number, done: number[]): Sliced<string> {
  for (let slice = 0; slice < slices; slice += 1) {
    done.push(slice);
    if (slice < slices - 1) yield;
  }
  return 'all';
}

test('atOnce, inTurns: the same work, with a turn between two slices or without', async () => {
  const done: number[] = [];
  assert.equal(atOnce(counted(3, done)), 'all');
  assert.deepEqual(done.splice(0), [0, 1, 2]);
  const turn = async (): Promise<void> => void done.push(-1);
  assert.equal(await inTurns(counted(3, done), turn), 'all');
  assert.deepEqual(done.splice(0), [0, -1, 1, -1, 2]);
  const whole = inTurns(counted(1, done), turn);
  assert.deepEqual(done, [0], 'work of one slice is done at once');
  assert.equal(await whole, 'all');
});
