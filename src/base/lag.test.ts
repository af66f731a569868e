import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';
import { watchLag } from './lag.ts';

/** A clock that stands; its only timer and its first turn are called by hand. */
function standingClock() {
  const state = { now: 0, tick: (): void => {}, isRunning: true };
  const turn = Promise.withResolvers<void>();
  const comeRound = async (): Promise<void> => {
    turn.resolve();
    await turn.promise;
  };
  const clock: Clock = {
    ...systemClock,
    now: () => state.now,
    turn: () => turn.promise,
    every(_, callback) {
      state.tick = callback;
      return { cancel: () => void Object.assign(state, { isRunning: false }) };
    },
  };
  return { clock, state, comeRound };
}

test('watchLag: what comes before the event loop first comes round is no lateness of it', async () => {
  const { clock, state, comeRound } = standingClock();
  const lag = watchLag(clock);
  state.now = 90;
  assert.deepEqual([lag.ms(), lag.isOverdue(), lag.lateness().mostMs], [80, true, 0]);
  state.tick();
  assert.deepEqual([lag.isOverdue(), lag.lateness()], [false, { p999Ms: 0, mostMs: 0 }]);
  state.now = 93;
  await comeRound();
  state.now = 163;
  state.tick();
  assert.deepEqual(lag.lateness(), { p999Ms: 60, mostMs: 60 }, 'the call began before the first tick');
});

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

test('watchLag: a call that lasts is seen before the next tick', async () => {
  const { clock, state, comeRound } = standingClock();
  const lag = watchLag(clock);
  await comeRound();
  state.now = 10;
  state.tick();
  state.now = 50;
  assert.equal(lag.ms(), 30);
  assert.deepEqual(lag.lateness(), { p999Ms: 0, mostMs: 30 });
});

test('watchLag: the latest tick, and what only one tick in a thousand was later than', async () => {
  const { clock, state, comeRound } = standingClock();
  const lag = watchLag(clock);
  await comeRound();
  const tickAfter = (ms: number): void => {
    state.now += ms;
    state.tick();
  };
  tickAfter(10);
  assert.deepEqual(lag.lateness(), { p999Ms: 0, mostMs: 0 });
  tickAfter(10 + 3.25);
  assert.deepEqual(lag.lateness(), { p999Ms: 4, mostMs: 4 });
  for (let tick = 0; tick < 1_995; tick += 1) tickAfter(10);
  for (const lateMs of [6, 2_500]) tickAfter(10 + lateMs);
  // 1,999 ticks: one may be later.
  assert.deepEqual(lag.lateness(), { p999Ms: 6, mostMs: 2_500 });
  tickAfter(10);
  assert.deepEqual(lag.lateness(), { p999Ms: 4, mostMs: 2_500 });
  for (let tick = 0; tick < 20; tick += 1) tickAfter(10 + 1_800);
  assert.deepEqual(lag.lateness(), { p999Ms: 2_500, mostMs: 2_500 });
});

test('watchLag: stops its timer', () => {
  const { clock, state } = standingClock();
  watchLag(clock).stop();
  assert.equal(state.isRunning, false);
});
