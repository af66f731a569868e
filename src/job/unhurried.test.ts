import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outcomeOf } from '../../test/helpers/gate-bench.ts';
import { BodyBudget } from '../base/body-budget.ts';
import { PROCESSED_AT_ONCE_MS } from '../base/limits.ts';
import { heldBytesOf } from '../base/raw-body.ts';
import { createTurnFor } from './unhurried.ts';

const ANSWER = outcomeOf(200, 'text');

/** Each answer takes a millisecond to be processed. Turns of the event loop are made by hand. */
function bench() {
  const state = { now: 0, isOverdue: false };
  const turns: (() => void)[] = [];
  const processed: number[] = [];
  const budget = new BodyBudget(1_000_000);
  const turnFor = createTurnFor({
    budget,
    clock: { now: () => state.now, turn: () => new Promise((resolve) => turns.push(resolve)) },
    isOverdue: () => state.isOverdue,
  });
  const arrive = async (at: number): Promise<void> => {
    const turn = turnFor(ANSWER);
    if (turn !== null) await turn;
    state.now += 1;
    processed.push(at);
  };
  const turn = async (): Promise<void> => {
    turns.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { state, processed, budget, turnFor, arrive, turn };
}

test('unhurried: an answer is processed at once unless the event loop is overdue', () => {
  const { state, turnFor } = bench();
  assert.equal(turnFor(ANSWER), null);
  state.isOverdue = true;
  assert.ok(turnFor(ANSWER) instanceof Promise);
});

test('unhurried: where a turn was long, its timers come before the answers that wait; but those do not wait for ever', async () => {
  const { state, processed, arrive, turn } = bench();
  state.isOverdue = true;
  void arrive(1);
  await turn();
  assert.deepEqual(processed, []);
  await turn();
  assert.deepEqual(processed, [1]);
});

test('unhurried: answers that wait go on in order, a few in each turn, and count in the budget', async () => {
  const { state, processed, budget, turnFor, arrive, turn } = bench();
  state.isOverdue = true;
  for (let at = 0; at < 40; at += 1) void arrive(at);
  assert.equal(budget.bytes, 40 * heldBytesOf(ANSWER));
  state.isOverdue = false;
  // One that comes later does not overtake them.
  void arrive(40);
  const sizes: number[] = [];
  while (processed.length <= 40) {
    const before = processed.length;
    await turn();
    sizes.push(processed.length - before);
  }
  assert.deepEqual([sizes.slice(0, -1), sizes.at(-1)], [Array(8).fill(PROCESSED_AT_ONCE_MS), 1]);
  assert.deepEqual([processed.join(), budget.bytes], [Array.from({ length: 41 }, (_, at) => at).join(), 0]);
  assert.equal(turnFor(ANSWER), null, 'nobody waits any more');
});
