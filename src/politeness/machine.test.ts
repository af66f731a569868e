import assert from 'node:assert/strict';
import { test } from 'node:test';
import { healthAfter, type MachineEvent, type MachineHealth, WELL } from './machine.ts';

const unreachable = (hostId: number): MachineEvent => ({ kind: 'unreachable', hostId, code: 'unreachable' });
const fault: MachineEvent = { kind: 'fault', detail: 'EMFILE' };

function after(events: readonly MachineEvent[], now = 1000): MachineHealth {
  return events.reduce((health, event) => healthAfter(health, event, now), WELL);
}

test('healthAfter: a fault of our own pauses at once, each time twice as long, a minute at most', () => {
  let health = WELL;
  let now = 0;
  for (const pauseMs of [1, 2, 4, 8, 16, 32, 60, 60].map((seconds) => seconds * 1000)) {
    health = healthAfter(health, fault, now);
    assert.equal(health.heldUntil - now, pauseMs);
    now = health.heldUntil;
  }
  assert.equal(health.heldSince, 0);
  assert.equal(health.why, 'EMFILE');
  assert.equal(healthAfter(health, { kind: 'answered' }, now), WELL);
});

test('healthAfter: one host that is gone is no fault of ours, two are', () => {
  assert.equal(after([unreachable(1), unreachable(1), unreachable(1)]).heldUntil, 0);
  assert.equal(after([unreachable(1), { kind: 'answered' }, unreachable(2)]).heldUntil, 0);
  const health = after([unreachable(1), unreachable(2)]);
  assert.equal(health.heldUntil, 2000);
  assert.equal(health.why, 'no host can be reached: unreachable');
});

test('healthAfter: what was in flight when the pause began does not lengthen it', () => {
  assert.equal(after([fault, fault, unreachable(3)]).heldUntil, 2000);
});

test('healthAfter: a probe that fails lengthens the pause, whichever host it went to', () => {
  const health = after([unreachable(1), unreachable(2)]);
  assert.equal(healthAfter(health, unreachable(1), 2000).heldUntil, 4000);
});

test('healthAfter: an answer where all is well changes nothing and makes nothing', () => {
  assert.equal(healthAfter(WELL, { kind: 'answered' }, 5), WELL);
});
