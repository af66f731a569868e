import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../base/clock.ts';
import { type Timed, Wheel } from './wheel.ts';

interface HandClock extends Clock {
  /** Lets time pass; the interval fires as often as it is due, or once where the process was stopped. */
  pass(ms: number): void;
  jump(ms: number): void;
  readonly isTicking: boolean;
}

function handClock(): HandClock {
  let nowMs = 1000;
  let interval: { readonly ms: number; readonly callback: () => void; dueMs: number } | null = null;
  return {
    now: () => nowMs,
    wall: () => nowMs,
    uptime: () => nowMs,
    after: () => assert.fail('a wheel sets no single timers'),
    turn: () => assert.fail('a wheel waits for nothing'),
    every(ms, callback) {
      interval = { ms, callback, dueMs: nowMs + ms };
      return {
        cancel: () => {
          interval = null;
        },
      };
    },
    get isTicking() {
      return interval !== null;
    },
    pass(ms) {
      const endMs = nowMs + ms;
      while (interval !== null && interval.dueMs <= endMs) {
        nowMs = interval.dueMs;
        interval.dueMs += interval.ms;
        interval.callback();
      }
      nowMs = endMs;
    },
    jump(ms) {
      nowMs += ms;
      if (interval !== null) interval.dueMs = nowMs + interval.ms;
      interval?.callback();
    },
  };
}

/** Is looked at until its deadline, then remembers when (wheel ms). */
function entryUntil(deadlineMs: number): Timed & { deadlineMs: number; firedMs: number; looks: number } {
  return {
    slot: -1,
    place: -1,
    deadlineMs,
    firedMs: -1,
    looks: 0,
    due(nowMs) {
      this.looks += 1;
      if (nowMs < this.deadlineMs) return this.deadlineMs;
      this.firedMs = nowMs;
      return -1;
    },
  };
}

test('Wheel: its tick follows the timeout within bounds', () => {
  assert.equal(new Wheel(handClock(), 30_000).tickMs, 500);
  assert.equal(new Wheel(handClock(), 1_600).tickMs, 100);
  assert.equal(new Wheel(handClock(), 16).tickMs, 10);
});

test('Wheel: looks at an entry within a tick of its deadline', () => {
  const clock = handClock();
  const wheel = new Wheel(clock, 160);
  const entries = [5, 10, 11, 100, 629, 640, 5_000].map(entryUntil);
  for (const entry of entries) wheel.watch(entry, entry.deadlineMs);
  clock.pass(6_000);
  for (const { deadlineMs, firedMs } of entries) {
    assert.ok(firedMs >= deadlineMs && firedMs <= deadlineMs + 10, `${deadlineMs} fired at ${firedMs}`);
  }
});

test('Wheel: a deadline that moves on costs a look and nothing more', () => {
  const clock = handClock();
  const wheel = new Wheel(clock, 160);
  const entry = entryUntil(100);
  wheel.watch(entry, 100);
  for (let n = 0; n < 90; n += 1) {
    clock.pass(1);
    entry.deadlineMs += 1;
  }
  clock.pass(20);
  assert.equal(entry.looks, 1);
  assert.equal(entry.firedMs, -1);
  clock.pass(100);
  assert.equal(entry.firedMs, 190);
});

test('Wheel: an entry that must be looked at sooner is moved, one that may wait is not', () => {
  const clock = handClock();
  const wheel = new Wheel(clock, 160);
  const entry = entryUntil(50);
  wheel.watch(entry, 300);
  wheel.watch(entry, 50);
  const { slot } = entry;
  wheel.watch(entry, 400);
  assert.equal(entry.slot, slot);
  clock.pass(60);
  assert.equal(entry.firedMs, 50);
});

test('Wheel: stands still while nothing is watched, and turns again', () => {
  const clock = handClock();
  const wheel = new Wheel(clock, 160);
  assert.equal(clock.isTicking, false);
  const entry = entryUntil(1000);
  wheel.watch(entry, 1000);
  assert.equal(clock.isTicking, true);
  wheel.forget(entry);
  wheel.forget(entry);
  clock.pass(20);
  assert.equal(clock.isTicking, false);
  clock.pass(100_000);
  const next = entryUntil(wheel.nowMs + 100);
  wheel.watch(next, next.deadlineMs);
  clock.pass(200);
  assert.equal(next.firedMs, next.deadlineMs);
  assert.equal(wheel.isTurning, false);
});

test('Wheel: time in which the process stood still is not held against anyone', () => {
  const clock = handClock();
  const wheel = new Wheel(clock, 160);
  const entry = entryUntil(100);
  wheel.watch(entry, 100);
  clock.jump(60_000);
  assert.equal(wheel.nowMs, 20);
  assert.equal(entry.firedMs, -1);
  clock.pass(100);
  assert.equal(entry.firedMs, 100);
});

test('Wheel: an entry may watch and forget others while it is looked at', () => {
  const clock = handClock();
  const wheel = new Wheel(clock, 160);
  const other = entryUntil(20);
  const last = entryUntil(60);
  const entry: Timed = {
    slot: -1,
    place: -1,
    due() {
      wheel.forget(other);
      wheel.watch(last, 60);
      return -1;
    },
  };
  wheel.watch(entry, 20);
  wheel.watch(other, 20);
  clock.pass(100);
  assert.equal(other.firedMs, -1);
  assert.equal(last.firedMs, 60);
});
