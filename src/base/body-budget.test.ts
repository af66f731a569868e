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

test('BodyBudget.admit: long pages are parsed one after another, short ones beside each other, and one always', async () => {
  const MB = 1024 * 1024;
  const budget = new BodyBudget(16 * MB);
  const begun: number[] = [];
  const enter = async (name: number, bytes: number): Promise<void> => {
    await budget.admit(bytes);
    begun.push(name);
  };
  const all = [enter(1, 5 * MB), enter(2, 1 * MB), enter(3, 1 * MB), enter(4, 1 * MB)];
  await all[0];
  assert.deepEqual(begun, [1]);
  budget.parsed(5 * MB, 0);
  await Promise.all(all.slice(0, 3));
  assert.deepEqual(begun, [1, 2, 3]);
  budget.parsed(1 * MB, 0);
  await Promise.all(all);
});

test('BodyBudget.parsed: a page with few links makes room before they are stored, a page full of links does not', async () => {
  const MB = 1024 * 1024;
  const budget = new BodyBudget(16 * MB);
  await budget.admit(2 * MB);
  let hasEntered = false;
  const next = budget.admit(MB).then(() => {
    hasEntered = true;
  });
  const left = budget.parsed(2 * MB, 2 * MB);
  assert.equal(left, 2 * MB, 'links count for no more than their page');
  await systemClock.turn();
  assert.equal(hasEntered, false);
  assert.equal(budget.parsed(left, 100), 800);
  await next;
});

test('BodyBudget.admit: short pages do not wait for long ones, and are bounded among themselves', async () => {
  const budget = new BodyBudget(16 * 1024 * 1024);
  await budget.admit(5 * 1024 * 1024);
  const short = 64 * 1024;
  for (let nth = 0; nth < 8; nth += 1) await budget.admit(short);
  let hasEntered = false;
  const ninth = budget.admit(short).then(() => {
    hasEntered = true;
  });
  await systemClock.turn();
  assert.equal(hasEntered, false);
  budget.parsed(short, 0);
  await ninth;
});

test('BodyBudget.during: what waits counts until it is done', async () => {
  const budget = new BodyBudget(10);
  const { promise, resolve } = Promise.withResolvers<string>();
  const done = budget.during(promise, 7);
  assert.equal(budget.bytes, 7);
  resolve('decoded');
  assert.deepEqual([await done, budget.bytes], ['decoded', 0]);
});
