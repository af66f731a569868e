import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BodyBudget } from './body-budget.ts';
import { systemClock } from './clock.ts';

test('BodyBudget: counts what is taken and given', () => {
  const budget = new BodyBudget(10);
  budget.take(9);
  assert.deepEqual([budget.bytes, budget.isSpent], [9, false]);
  budget.take(1);
  assert.equal(budget.isSpent, true);
  budget.give(10);
  assert.deepEqual([budget.bytes, budget.isSpent], [0, false]);
});

test('BodyBudget: tells those that wait once, and not before whoever gives has gone on', async () => {
  const budget = new BodyBudget(10);
  let told = 0;
  budget.onGiven(() => {
    told += 1;
  });
  budget.give(0);
  budget.give(1);
  budget.give(1);
  assert.equal(told, 0);
  await systemClock.turn();
  assert.equal(told, 1);
  budget.give(1);
  await systemClock.turn();
  assert.equal(told, 1);
});
