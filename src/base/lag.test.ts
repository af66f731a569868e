import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';
import { watchLag } from './lag.ts';

/** A clock that stands; its only timer is called by hand. */
function standingClock() {
  const state = { now: 0, tick: (): void => {}, isRunning: true };
  const clock: Clock = {
    ...systemClock,
    now: () => state.now,
    every(_, callback) {
      state.tick = callback;
      return { cancel: () => void Object.assign(state, { isRunning: false }) };
    },
  };
  return { clock, state };
}

test('watchLag: tells how late the last tick was, until the next', () => {
  const { clock, state } = standingClock();
  const lag = watchLag(clock);
  assert.equal(lag.ms(), 0);
  for (const [at, late] of [
    [10, 0],
    [55, 35],
    [65, 0],
  ] as const) {
    state.now = at;
    state.tick();
    assert.equal(lag.ms(), late, `at ${at} ms`);
  }
});

test('watchLag: a call that lasts is seen before the next tick', () => {
  const { clock, state } = standingClock();
  const lag = watchLag(clock);
  state.now = 40;
  assert.equal(lag.ms(), 30);
});

test('watchLag: stops its timer', () => {
  const { clock, state } = standingClock();
  watchLag(clock).stop();
  assert.equal(state.isRunning, false);
});
