import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../base/clock.ts';
import type { Outcome } from '../base/contracts.ts';
import { blankOutcome } from '../fetch/blank-outcome.ts';
import { createAllowance } from './allowance.ts';
import { connectionsMost } from './descriptors.ts';

/** An allowance of 40 on a stopped clock. Each request ends when the test says so. */
function setUp(limit: number | null = null) {
  let now = 1000;
  const clock = { ...systemClock, now: () => now };
  const allowance = createAllowance(clock, 40, { limit, open: 25 });
  const began: number[] = [];
  return {
    allowance,
    pass(ms: number): void {
      now += ms;
    },
    ask(count: number): void {
      for (let n = 0; n < count; n += 1) {
        allowance.began();
        began.push(now);
      }
    },
    /** Ends the `count` requests that began first. */
    end(count: number, more: Partial<Outcome>): void {
      for (const sentAt of began.splice(0, count))
        allowance.ended({ ...blankOutcome('http://h/', 0), sentAt, ...more });
    },
  };
}

const noFiles: Partial<Outcome> = { error: 'machine', detail: 'EMFILE connect EMFILE 127.0.0.1:80' };
const answered: Partial<Outcome> = { status: 200 };

test('createAllowance: what is refused at one moment counts once, and it is what was in flight that was too much', () => {
  const { allowance, ask, end, pass } = setUp();
  assert.deepEqual([allowance.most(), allowance.shortage()], [40, null]);
  ask(24);
  pass(1);
  end(10, noFiles);
  assert.equal(allowance.most(), 21);
  assert.deepEqual(allowance.shortage(), { most: 21, asked: 40, limit: null, why: 'EMFILE' });
  // These requests began before the last change.
  end(14, noFiles);
  assert.equal(allowance.most(), 21);
  pass(1);
  ask(2);
  end(1, { error: 'machine', detail: 'ENOBUFS no buffer space' });
  assert.deepEqual([allowance.most(), allowance.shortage()?.why], [1, 'ENOBUFS']);
  pass(1);
  ask(1);
  end(2, noFiles);
  assert.equal(allowance.most(), 1, 'one there always is');
});

test('createAllowance: rises again, slowly, to what was asked for', () => {
  const { allowance, ask, end, pass } = setUp();
  ask(16);
  end(1, noFiles);
  assert.equal(allowance.most(), 14);
  end(1, answered);
  assert.equal(allowance.most(), 14);
  pass(5000);
  end(2, answered);
  assert.equal(allowance.most(), 16);
  for (let round = 0; round < 20; round += 1) {
    pass(5000);
    ask(1);
    end(1, answered);
  }
  assert.equal(allowance.most(), 40);
  assert.equal(allowance.shortage()?.why, 'EMFILE');
});

test('createAllowance: other faults of the machine or of a host change nothing', () => {
  const { allowance, ask, end, pass } = setUp();
  ask(4);
  pass(1);
  end(1, { error: 'machine', detail: 'ENETUNREACH connect ENETUNREACH 10.0.0.1:80' });
  end(1, { error: 'refused', detail: 'ECONNREFUSED connect ECONNREFUSED 10.0.0.1:80' });
  end(1, { error: 'reset', detail: 'ECONNRESET EMFILE' });
  end(1, answered);
  assert.deepEqual([allowance.most(), allowance.shortage()], [40, null]);
});

test('createAllowance: a low limit is known from the beginning', () => {
  const { allowance } = setUp(64);
  assert.deepEqual(allowance.shortage(), { most: 20, asked: 40, limit: 64, why: '' });
  assert.equal(setUp(1024).allowance.shortage(), null);
});

test('connectionsMost: keeps some descriptors for everything else, and leaves one connection at least', () => {
  const most = [30, 37, 40, 64, 100, 1024].map((limit) => connectionsMost({ limit, open: 25 }));
  assert.deepEqual(most, [1, 6, 8, 20, 51, 975]);
  assert.equal(connectionsMost({ limit: null, open: 25 }), Number.POSITIVE_INFINITY);
});
