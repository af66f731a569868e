import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  ended,
  hold,
  newPace,
  type Pace,
  type PaceConfig,
  type PaceEvent,
  roomOf,
  started,
  withDelay,
} from './pace.ts';

const CONFIG: PaceConfig = { limitMax: 16, delayMs: 0, adapt: true, patienceMs: 3_600_000, firstHoldMs: 1000 };
const answered = (firstByteMs = 10, sentAt = 0): PaceEvent => ({
  kind: 'answered',
  sentAt,
  firstByteMs,
  lagMs: 0,
  overloaded: false,
});
const refused: PaceEvent = { kind: 'unreachable', sentAt: 0, code: 'refused' };

/** One whole round: as many starts as there is room, then as many ends. */
function round(pace: Pace, event: PaceEvent, now: number): Pace {
  const { take } = roomOf(pace, now);
  let after = pace;
  for (let i = 0; i < take; i += 1) after = started(after, now);
  for (let i = 0; i < take; i += 1) after = ended(after, event, now);
  return after;
}

test('pace: without adapting, the most is free at once', () => {
  const pace = newPace({ ...CONFIG, adapt: false, limitMax: 64 }, 0, false);
  assert.equal(roomOf(pace, 0).take, 64);
  assert.equal(roomOf(started(pace, 0), 0).take, 63);
});

test('pace: slow start doubles each round up to the most', () => {
  let pace = newPace(CONFIG, 0, false);
  const limits = [pace.limit.most];
  for (let i = 0; i < 5; i += 1) {
    pace = round(pace, answered(), 0);
    limits.push(pace.limit.most);
  }
  assert.deepEqual(limits, [2, 4, 8, 16, 16, 16]);
});

test('pace: overload, a wait and a stall each halve the limit, once for all that was in flight', () => {
  const signs: PaceEvent[] = [
    { kind: 'answered', sentAt: 1, firstByteMs: 5, lagMs: 0, overloaded: true },
    { kind: 'asked-to-wait', sentAt: 1, untilAt: 9, status: 429 },
    { kind: 'stalled', sentAt: 1 },
  ];
  for (const sign of signs) {
    let pace = newPace(CONFIG, 0, false);
    for (let i = 0; i < 3; i += 1) pace = round(pace, answered(), 0);
    for (let i = 0; i < 3; i += 1) pace = started(pace, 1);
    for (let i = 0; i < 3; i += 1) pace = ended(pace, sign, 2);
    assert.equal(pace.limit.most, 8, sign.kind);
  }
});

test('pace: the median of a round is told, and how late our own loop was', () => {
  let pace = newPace(CONFIG, 0, false);
  for (let i = 0; i < 3; i += 1) pace = round(pace, answered(40), 0);
  assert.equal(pace.limit.latencyMs, 40);
  const late = round(pace, { kind: 'answered', sentAt: 0, firstByteMs: 400, lagMs: 30, overloaded: false }, 0);
  assert.equal(late.limit.most, 16);
  assert.equal(round(pace, answered(400), 0).limit.most, 8);
});

test('pace: with a delay there is one request at a time, spaced from start to start', () => {
  let pace = newPace({ ...CONFIG, delayMs: 500 }, 1000, false);
  assert.deepEqual(roomOf(pace, 1000).take, 1);
  pace = started(pace, 1000);
  assert.equal(roomOf(pace, 1000).take, 0);
  pace = ended(pace, answered(), 1100);
  assert.deepEqual(roomOf(pace, 1100), { take: 0, notBefore: 1500 });
  assert.equal(roomOf(pace, 1500).take, 1);
});

test('pace: after a restart each host waits one full delay', () => {
  assert.deepEqual(roomOf(newPace({ ...CONFIG, delayMs: 500 }, 1000, true), 1000), { take: 0, notBefore: 1500 });
});

test('withDelay: the longer of the configured delay and the one robots.txt asks for holds', () => {
  const pace = newPace({ ...CONFIG, delayMs: 500 }, 0, false);
  assert.equal(withDelay(pace, 200).config.delayMs, 500);
  assert.equal(withDelay(pace, 900).config.delayMs, 900);
});

test('withDelay: the request for robots.txt is the first from which the delay is counted', () => {
  const asked = started(newPace(CONFIG, 0, false), 1000);
  const answeredLater = withDelay(ended(asked, answered(), 1300), 2000);
  assert.deepEqual(roomOf(answeredLater, 1300), { take: 0, notBefore: 3000 });
  assert.equal(roomOf(answeredLater, 3000).take, 1);
});

test('pace: a host that never answered is given up after three refusals, a moment and four moments apart', () => {
  let pace = ended(started(newPace(CONFIG, 0, false), 0), refused, 0);
  assert.deepEqual(roomOf(pace, 0), { take: 0, notBefore: 1000 });
  pace = ended(started(pace, 1000), refused, 1000);
  assert.deepEqual(roomOf(pace, 1000), { take: 0, notBefore: 5000 });
  pace = ended(started(pace, 5000), refused, 5000);
  assert.equal(pace.dead, 'refused');
});

test('pace: a host that has answered before is held for 30 s after five failures in a row, doubled each time', () => {
  const timeout: PaceEvent = { kind: 'unreachable', sentAt: 0, code: 'connect-timeout' };
  let pace = ended(started(newPace(CONFIG, 0, false), 0), answered(), 0);
  for (let i = 0; i < 5; i += 1) pace = ended(started(pace, 0), timeout, 0);
  assert.equal(pace.heldUntil, 30_000);
  assert.equal(pace.why, 'connect-timeout');
  pace = ended(started(pace, 30_000), timeout, 30_000);
  assert.equal(pace.heldUntil, 90_000);
  assert.equal(pace.dead, null);
});

test('pace: a host that failed is probed by one request', () => {
  let pace = ended(started(newPace({ ...CONFIG, adapt: false }, 0, false), 0), answered(), 0);
  pace = ended(started(pace, 0), { kind: 'unreachable', sentAt: 0, code: 'unreachable' }, 0);
  assert.equal(roomOf(pace, 0).take, 1);
});

test('pace: past its patience a host waits for another run', () => {
  const pace = newPace({ ...CONFIG, patienceMs: 60_000 }, 0, false);
  assert.equal(hold(pace, 50_000, 0, 'x').heldUntil, 50_000);
  assert.equal(hold(hold(pace, 50_000, 0, 'x'), 100_000, 50_000, 'x').heldUntil, Number.POSITIVE_INFINITY);
});

test('pace: an answer to an earlier request does not end a wait that was asked for since', () => {
  let pace = started(started(newPace(CONFIG, 0, false), 0), 0);
  pace = ended(pace, { kind: 'asked-to-wait', sentAt: 0, untilAt: 9000, status: 429 }, 0);
  pace = ended(pace, answered(), 10);
  assert.equal(pace.heldUntil, 9000);
  pace = ended(started(pace, 9000), answered(), 9010);
  assert.equal(pace.heldUntil, 0, 'the first answer after it does');
});

test('pace: whatever happens, never more in flight than the most, never a start before its time', () => {
  const event = fc.oneof(
    fc.record({
      kind: fc.constant('answered' as const),
      sentAt: fc.nat(1000),
      firstByteMs: fc.nat(500),
      lagMs: fc.nat(40),
      overloaded: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('asked-to-wait' as const),
      sentAt: fc.nat(1000),
      untilAt: fc.nat(100_000),
      status: fc.constant(429),
    }),
    fc.record({ kind: fc.constant('stalled' as const), sentAt: fc.nat(1000) }),
    fc.record({
      kind: fc.constant('unreachable' as const),
      sentAt: fc.nat(1000),
      code: fc.constant('connect-timeout' as const),
    }),
  );
  const config = fc.record({
    limitMax: fc.integer({ min: 1, max: 32 }),
    delayMs: fc.constantFrom(0, 100),
    adapt: fc.boolean(),
  });
  const steps = fc.array(fc.tuple(event, fc.nat(300)), { maxLength: 200 });
  fc.assert(
    fc.property(config, steps, (given, events) => {
      let now = 0;
      let pace = newPace({ ...CONFIG, ...given }, now, false);
      let lastStart = Number.NEGATIVE_INFINITY;
      for (const [happening, pauseMs] of events) {
        now += pauseMs;
        const { take } = roomOf(pace, now);
        if (take > 0 && pace.dead === null) {
          assert.ok(now - lastStart >= given.delayMs, 'spacing');
          assert.ok(pace.heldUntil <= now, 'hold');
          pace = started(pace, now);
          lastStart = now;
        }
        assert.ok(pace.inFlight <= given.limitMax, 'cap');
        assert.ok(pace.limit.most >= 1 && pace.limit.most <= given.limitMax, 'limit');
        if (pace.inFlight > 0) pace = ended(pace, happening, now);
      }
    }),
  );
});
