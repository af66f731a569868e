import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../../test/helpers/properties.ts';
import type { ErrorCode } from '../base/errors.ts';
import {
  ended,
  hold,
  holdAsTold,
  newPace,
  type Pace,
  type PaceConfig,
  type PaceEvent,
  roomOf,
  started,
  withDelay,
} from './pace.ts';

const CONFIG: PaceConfig = { hostConcurrency: 16, delayMs: 0, adapt: true, patienceMs: 3_600_000, firstHoldMs: 1000 };
const answered = (firstByteMs = 10, sentAt = 0): PaceEvent => ({
  kind: 'answered',
  sentAt,
  firstByteMs,
  lagMs: 0,
  overloaded: false,
});
const refusedAt = (sentAt: number): PaceEvent => ({ kind: 'unreachable', sentAt, code: 'refused' });

/** One whole round: as many starts as there is room, then as many ends. */
function round(pace: Pace, event: PaceEvent, now: number): Pace {
  const { take } = roomOf(pace, now);
  let after = pace;
  for (let i = 0; i < take; i += 1) after = started(after, now);
  for (let i = 0; i < take; i += 1) after = ended(after, event, now);
  return after;
}

test('pace: without adapting, the most is free at once', () => {
  const pace = newPace({ ...CONFIG, adapt: false, hostConcurrency: 64 }, 0, false);
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
    { kind: 'asked-to-wait', sentAt: 1, firstByteMs: 5, untilAt: 9, why: 'status 429' },
    { kind: 'stalled', sentAt: 1, code: 'reset' },
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
  let pace = newPace(CONFIG, 0, false);
  for (const [at, againAt] of [
    [0, 1000],
    [1000, 5000],
  ] as const) {
    pace = ended(started(pace, at), refusedAt(at), at);
    assert.deepEqual(roomOf(pace, at), { take: 0, notBefore: againAt });
  }
  pace = ended(started(pace, 5000), refusedAt(5000), 5000);
  assert.equal(pace.dead, 'refused');
});

/**
 * A host that has answered and does not any more; with the times at which it was asked, and what it was held until each
 * time.
 */
function away(code: ErrorCode, patienceMs: number): { readonly pace: Pace; readonly asked: readonly number[] } {
  let pace = ended(started(newPace({ ...CONFIG, patienceMs }, 0, false), 0), answered(), 0);
  const asked: number[] = [];
  for (let now = 10; !pace.isLeft && asked.length < 100; now = pace.heldUntil) {
    assert.equal(roomOf(pace, now).take > 0, true, 'it is asked at the end of each hold');
    asked.push(now - 10);
    pace = ended(started(pace, now), { kind: 'unreachable', sentAt: now, code }, now);
    assert.equal(pace.why, code);
  }
  return { pace, asked };
}

for (const code of [
  'refused',
  'dns-not-found',
  'dns-failure',
  'connect-timeout',
  'tls-timeout',
  'unreachable',
] as const) {
  test(`pace: a host that has answered is held for longer each time, and never given up: ${code}`, () => {
    const { pace, asked } = away(code, 3_600_000);
    const seconds = asked.map((ms) => ms / 1000);
    assert.deepEqual(seconds, [0, 1, 3, 7, 15, 45, 105, 225, 465, 945, 1905, 3600], 'the last at the end of patience');
    assert.equal(pace.dead, null);
    assert.deepEqual(roomOf(pace, 1e12), { take: 0, notBefore: Number.POSITIVE_INFINITY });
  });
}

test('pace: patience of less than a hold is used up too', () => {
  assert.deepEqual(away('refused', 20_000).asked, [0, 1000, 3000, 7000, 15_000, 20_000]);
});

test('pace: failures of requests that were on their way together are one failure, however late each comes', () => {
  for (const kind of ['unreachable', 'stalled'] as const) {
    let pace = ended(started(newPace({ ...CONFIG, adapt: false }, 0, false), 0), answered(), 0);
    for (let i = 0; i < 16; i += 1) pace = started(pace, 10 + i);
    for (let i = 0; i < 8; i += 1) pace = ended(pace, { kind, sentAt: 10 + i, code: 'reset' }, 100 + i);
    assert.deepEqual([pace.failures, pace.heldUntil], [1, 1100]);
    for (let i = 8; i < 16; i += 1) pace = ended(pace, { kind, sentAt: 10 + i, code: 'reset' }, 30_000 + i);
    assert.deepEqual([pace.failures, pace.dead, pace.inFlight], [1, null, 0]);
    pace = ended(started(pace, 40_000), { kind, sentAt: 40_000, code: 'reset' }, 40_001);
    assert.equal(pace.failures, 2, 'this one was begun later');
  }
});

test('pace: an answer ends the hold of a failure at once, also that to an earlier request', () => {
  let pace = ended(started(newPace({ ...CONFIG, adapt: false }, 0, false), 0), answered(), 0);
  pace = started(started(pace, 10), 10);
  pace = ended(pace, { kind: 'stalled', sentAt: 10, code: 'reset' }, 20);
  assert.deepEqual(roomOf(pace, 20), { take: 0, notBefore: 1020 });
  pace = ended(pace, answered(10, 10), 25);
  assert.equal(roomOf(pace, 25).take, 16);
});

test('pace: a host that failed is probed by one request', () => {
  let pace = ended(started(newPace({ ...CONFIG, adapt: false }, 0, false), 0), answered(), 0);
  pace = ended(started(pace, 5), { kind: 'unreachable', sentAt: 5, code: 'unreachable' }, 5);
  assert.deepEqual(roomOf(pace, 5), { take: 0, notBefore: 1005 });
  assert.equal(roomOf(pace, 1005).take, 1);
  pace = ended(started(pace, 1005), answered(10, 1005), 1010);
  assert.equal(roomOf(pace, 1010).take, 16);
});

test('pace: a wait that was named is kept beyond our patience, and then the host waits for another run', () => {
  const pace = newPace({ ...CONFIG, patienceMs: 60_000 }, 0, false);
  const near = holdAsTold(pace, 50_000, 0, 'x');
  assert.deepEqual([near.heldUntil, near.isLeft], [50_000, false]);
  const far = holdAsTold(near, 100_000, 50_000, 'x');
  assert.deepEqual([far.heldUntil, far.isLeft], [100_000, true]);
  assert.equal(roomOf(far, 200_000).take, 0);
  assert.equal(hold(pace, 100_000, 0, 'x').heldUntil, 60_000, 'a wait of our own is not longer than our patience');
});

test('pace: an answer to an earlier request does not end a wait that was asked for since', () => {
  let pace = started(started(newPace(CONFIG, 0, false), 0), 0);
  pace = ended(pace, { kind: 'asked-to-wait', sentAt: 0, firstByteMs: 5, untilAt: 9000, why: 'status 429' }, 0);
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
      firstByteMs: fc.nat(500),
      untilAt: fc.nat(100_000),
      why: fc.constant('status 429'),
    }),
    fc.record({ kind: fc.constant('stalled' as const), sentAt: fc.nat(1000), code: fc.constant('reset' as const) }),
    fc.record({
      kind: fc.constant('unreachable' as const),
      sentAt: fc.nat(1000),
      code: fc.constant('connect-timeout' as const),
    }),
  );
  const config = fc.record({
    hostConcurrency: fc.integer({ min: 1, max: 32 }),
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
        assert.ok(pace.inFlight <= given.hostConcurrency, 'cap');
        assert.ok(pace.limit.most >= 1 && pace.limit.most <= given.hostConcurrency, 'limit');
        if (pace.inFlight > 0) pace = ended(pace, happening, now);
      }
    }),
  );
});
