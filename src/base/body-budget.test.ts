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

test('BodyBudget: one at a time leads, once most of what has come is worked off', async () => {
  const budget = new BodyBudget(10);
  assert.equal(budget.tryToLead(), true);
  assert.equal(budget.tryToLead(), false);
  budget.takeOver(6);
  budget.endLead();
  assert.equal(budget.tryToLead(), false, 'there is much to work off');
  let isLeading = false;
  const leading = budget.lead().then(() => {
    isLeading = true;
  });
  budget.take(1);
  budget.give(1);
  await systemClock.turn();
  assert.equal(isLeading, false);
  budget.settle(6);
  await leading;
  assert.deepEqual([budget.tryToLead(), budget.bytes], [false, 0]);
});

test('BodyBudget.workOn: long pages are worked on one after another, short ones beside each other, and one always', async () => {
  const MB = 1024 * 1024;
  const budget = new BodyBudget(16 * MB);
  const begun: number[] = [];
  const work = async (name: number, bytes: number): Promise<void> => {
    await budget.workOn(bytes);
    begun.push(name);
  };
  const all = [work(1, 5 * MB), work(2, 1 * MB), work(3, 1 * MB), work(4, 1 * MB)];
  await Promise.all(all.slice(0, 1));
  assert.deepEqual(begun, [1]);
  assert.equal(budget.bytes, 8 * MB, 'what waits takes memory too');
  budget.done(5 * MB);
  await Promise.all(all.slice(0, 3));
  assert.deepEqual(begun, [1, 2, 3]);
  budget.done(1 * MB);
  await Promise.all(all);
  budget.done(1 * MB);
  budget.done(1 * MB);
  assert.equal(budget.bytes, 0);
});
