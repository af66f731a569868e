import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outcomeOf } from '../../test/helpers/gate-bench.ts';
import { BodyBudget } from '../base/body-budget.ts';
import type { Outcome } from '../base/contracts.ts';
import { PROCESSED_AT_ONCE_MS } from '../base/limits.ts';
import { heldBytesOf } from '../base/raw-body.ts';
import { unhurried } from './unhurried.ts';

/** Each answer takes a millisecond to be decoded. Turns of the event loop are made by hand. */
function bench() {
  const state = { now: 0, isOverdue: false };
  const turns: (() => void)[] = [];
  const decoded: string[] = [];
  const budget = new BodyBudget(1_000_000);
  const decode = unhurried(
    (outcome) => {
      state.now += 1;
      decoded.push(outcome.url);
      return outcome;
    },
    {
      budget,
      clock: { now: () => state.now, turn: () => new Promise((resolve) => turns.push(resolve)) },
      isOverdue: () => state.isOverdue,
    },
  );
  const turn = async (): Promise<void> => {
    turns.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { state, decoded, budget, decode, turn };
}

const answer = (at: number): Outcome => ({ ...outcomeOf(200, 'text'), url: `${at}` });

test('unhurried: answers are decoded at once unless the event loop is overdue', () => {
  const { state, decode } = bench();
  const outcome = answer(1);
  assert.equal(decode(outcome), outcome);
  state.isOverdue = true;
  assert.ok(decode(outcome) instanceof Promise);
});

test('unhurried: answers that wait go on in order, a few in each turn, and count in the budget', async () => {
  const { state, decoded, budget, decode, turn } = bench();
  state.isOverdue = true;
  const all = Array.from({ length: 40 }, (_, at) => decode(answer(at)));
  assert.equal(budget.bytes, 40 * heldBytesOf(answer(0)));
  state.isOverdue = false;
  // Those that come later do not overtake them.
  all.push(decode(answer(40)));
  const sizes: number[] = [];
  while (decoded.length < all.length) {
    const before = decoded.length;
    await turn();
    sizes.push(decoded.length - before);
  }
  const few = 2 * PROCESSED_AT_ONCE_MS;
  assert.ok(
    sizes.every((size) => size > 0 && size <= few),
    `${sizes}`,
  );
  assert.deepEqual(
    (await Promise.all(all)).map(({ url }) => url),
    decoded,
  );
  assert.deepEqual([decoded.join(), budget.bytes], [Array.from({ length: 41 }, (_, at) => at).join(), 0]);
  assert.ok(!(decode(answer(41)) instanceof Promise), 'nothing waits any more');
});
