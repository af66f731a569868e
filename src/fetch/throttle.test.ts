import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, fetcherFor, rawServer } from '../../test/helpers/raw-server.ts';
import type { Origin } from './net/origins.ts';
import { Throttle, type ThrottleRules } from './throttle.ts';

/** A clock with single timers, moved by hand. */
function handClock() {
  let nowMs = 0;
  let timers: { readonly atMs: number; readonly callback: () => void }[] = [];
  let fired = 0;
  return {
    now: () => nowMs,
    after(ms: number, callback: () => void) {
      const timer = { atMs: nowMs + ms, callback };
      timers.push(timer);
      return {
        cancel: () => {
          timers = timers.filter((each) => each !== timer);
        },
      };
    },
    pass(ms: number): void {
      const end = nowMs + ms;
      for (;;) {
        const next = timers.filter(({ atMs }) => atMs <= end).sort((a, b) => a.atMs - b.atMs)[0];
        if (next === undefined) break;
        timers = timers.filter((each) => each !== next);
        nowMs = next.atMs;
        fired += 1;
        next.callback();
      }
      nowMs = end;
    },
    get pending() {
      return timers.length;
    },
    get fired() {
      return fired;
    },
  };
}

const originNamed = (hostname: string): Origin => ({ hostname }) as Origin;

function throttled(rules: ThrottleRules) {
  const clock = handClock();
  const went: [name: string, atMs: number][] = [];
  const throttle = new Throttle<{ origin: Origin; name: string }>(rules, clock, ({ name }) =>
    went.push([name, clock.now()]),
  );
  return { clock, went, throttle };
}

test('Throttle: what is overdrawn is waited for, and nothing polls', () => {
  const { clock, went, throttle } = throttled({ bytesPerSecond: 1000, ofHost: () => null });
  const origin = originNamed('a');
  assert.equal(throttle.holds({ origin, name: 'first' }), false);
  throttle.came(origin, 1100);
  assert.equal(throttle.holds({ origin, name: 'next' }), true);
  assert.equal(clock.pending, 1);
  clock.pass(999);
  assert.deepEqual(went, []);
  clock.pass(1);
  assert.deepEqual([went, clock.fired, clock.pending], [[['next', 1000]], 1, 0]);
});

test('Throttle: the rate of a host holds up no other, and that of all holds up everybody in order', () => {
  const { clock, went, throttle } = throttled({
    bytesPerSecond: 10_000,
    ofHost: ({ hostname }) => (hostname === 'slow' ? 100 : null),
  });
  const [slow, fast] = [originNamed('slow'), originNamed('fast')];
  throttle.came(slow, 510);
  assert.equal(throttle.holds({ origin: slow, name: 'slow' }), true);
  assert.equal(throttle.holds({ origin: fast, name: 'fast' }), false);
  throttle.came(fast, 20_490);
  for (const name of ['one', 'two', 'three']) assert.equal(throttle.holds({ origin: fast, name }), true);
  clock.pass(2_000);
  assert.deepEqual(went, [['one', 2000]]);
  throttle.came(fast, 10_000);
  clock.pass(1_000);
  assert.deepEqual(went.slice(1), [['two', 3000]]);
  clock.pass(2_000);
  assert.deepEqual(went.slice(2), [
    ['three', 3010],
    ['slow', 5000],
  ]);
});

test('Throttle: what is forgotten does not go on, and a closed one sets no timer', () => {
  const { clock, went, throttle } = throttled({ bytesPerSecond: 1000, ofHost: () => null });
  const origin = originNamed('a');
  throttle.came(origin, 2000);
  const [gone, other] = ['gone', 'other'].map((name) => ({ origin, name }));
  assert.equal(throttle.holds(gone!) && throttle.holds(other!), true);
  throttle.forget(gone!);
  clock.pass(10_000);
  assert.deepEqual(
    went.map(([name]) => name),
    ['other'],
  );
  throttle.came(origin, 2000);
  throttle.holds(gone!);
  throttle.close();
  assert.equal(clock.pending, 0);
});

test('Throttle: many waits do not add up to one large read', () => {
  const { clock, went, throttle } = throttled({ bytesPerSecond: 100_000, ofHost: () => null });
  const origin = originNamed('a');
  throttle.came(origin, 100_000);
  for (let n = 0; n < 100; n += 1) throttle.holds({ origin, name: String(n) });
  let seen = 0;
  let most = 0;
  for (let ms = 0; ms < 100_000 && seen < 100; ms += 10) {
    clock.pass(10);
    most = Math.max(most, went.length - seen);
    for (; seen < went.length; seen += 1) throttle.came(origin, 50_000);
  }
  assert.equal(went.length, 100);
  assert.equal(most, 1);
  const [, lastMs] = went.at(-1)!;
  assert.ok(lastMs > 49_000 && lastMs < 51_500, `${lastMs} ms for 5 MB`);
});

test('fetch: a body comes at the rate of all, and a server that is not read is no silent one', async () => {
  const body = 'x'.repeat(200_000);
  await using server = await rawServer(() => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  const rate = { bytesPerSecond: 400_000, ofHost: () => null };
  await using fetcher = fetcherFor({ timeoutMs: 60, minRateBytesPerSecond: 1_000_000, rate });
  const beganAt = performance.now();
  const { status, truncated, rawBody } = await ask(fetcher, server.url);
  const tookMs = performance.now() - beganAt;
  assert.deepEqual([status, truncated, rawBody.length], [200, null, body.length]);
  // The rate saves up a tenth of a second, and the last read may overdraw it.
  assert.ok(tookMs >= ((body.length - 40_000 - 64 * 1024) * 1000) / rate.bytesPerSecond - 1, `${tookMs} ms`);
});
