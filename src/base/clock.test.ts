import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from './clock.ts';

test('systemClock.turn: one call a round of the event loop, in order', async () => {
  let round = 0;
  const rounds: number[] = [];
  let isOver = false;
  const count = (): void => {
    round += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await Promise.all(Array.from({ length: 5 }, () => systemClock.turn().then(() => rounds.push(round))));
  isOver = true;
  assert.equal(new Set(rounds).size, 5, `${rounds}`);
  assert.deepEqual(
    rounds,
    rounds.toSorted((a, b) => a - b),
  );
});
