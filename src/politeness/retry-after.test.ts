import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retryAfterMs } from './retry-after.ts';

const WALL = Date.UTC(2026, 10, 25, 12, 0, 0);
const MINUTE_MS = 60_000;

const TABLE: readonly (readonly [value: string, waitMs: number | null])[] = [
  ['120', 120_000],
  ['0', 0],
  ['5.25', 6_000],
  ['"60"', 60_000],
  ["'60'", 60_000],
  ['" 60 "', 60_000],
  ['120;', 120_000],
  ['120; comment', 120_000],
  ['120 (seconds)', 120_000],
  ['120 seconds', 120_000],
  ['120s', 120_000],
  ['120, 60', 120_000],
  ['5.', 5_000],
  ['.5', 1_000],
  ['.5 minutes', 30_000],
  ['\xe2\x80\x9c60\xe2\x80\x9d', 60_000],
  ['\\"60\\"', 60_000],
  ['60/120', 60_000],
  ['0x3c', null],
  ['1 hour and 30 minutes', 90 * MINUTE_MS],
  ['1 min. 30 sec.', 90_000],
  ['1m1.2.3s', MINUTE_MS],
  ['2weeks', 14 * 24 * 60 * MINUTE_MS],
  ['Wed, 25 Nov 2026 12:01:00 UTC', MINUTE_MS],
  ['wed,  25-nov-2026 12:01:00 +0000', MINUTE_MS],
  ['60, 120', 120_000],
  ['60,soon,90', 90_000],
  ['soon, 90', 90_000],
  ['Wed, 25 Nov 2026 12:01:00 GMT, Wed, 25 Nov 2026 12:01:00 GMT', MINUTE_MS],
  ['Wed, 25 Nov 2026 12:01:00 GMT, 120', 120_000],
  ['10, Wednesday, 25-Nov-26 12:01:00 GMT', MINUTE_MS],
  ['3 months, 5', 90 * 24 * 60 * MINUTE_MS],
  ['2 minutes', 2 * MINUTE_MS],
  ['1h', 60 * MINUTE_MS],
  ['1.5 hours', 90 * MINUTE_MS],
  ['2 hours 30 minutes', 150 * MINUTE_MS],
  ['1h30m', 90 * MINUTE_MS],
  ['1m 30s', 90_000],
  ['1m30.5s', 91_000],
  ['500ms', 1_000],
  ['1500 milliseconds', 2_000],
  ['"250 ms"', 1_000],
  ['30 sec', 30_000],
  ['3 mins', 3 * MINUTE_MS],
  ['2m', 2 * MINUTE_MS],
  ['2M', 2 * MINUTE_MS],
  ['5s, 2m', 2 * MINUTE_MS],
  ['1.2.3s', null],
  ['1 day', 24 * 60 * MINUTE_MS],
  ['1 week', 7 * 24 * 60 * MINUTE_MS],
  ['2w', 14 * 24 * 60 * MINUTE_MS],
  ['5 months', 150 * 24 * 60 * MINUTE_MS],
  ['5 moons', 5_000],
  ['5 watts', 5_000],
  ['60/h', 60_000],
  ['60: s', 60_000],
  ['99999999999', 99_999_999_999_000],
  ['Wed, 25 Nov 2026 12:01:00 GMT', MINUTE_MS],
  ['Wednesday, 25-Nov-26 12:01:00 GMT', MINUTE_MS],
  ['Wed Nov 25 12:01:00 2026', MINUTE_MS],
  ['"Wed, 25 Nov 2026 12:01:00 GMT"', MINUTE_MS],
  ["'Wednesday, 25-Nov-26 12:01:00 GMT'", MINUTE_MS],
  ['" Wed Nov 25 12:01:00 2026 "', MINUTE_MS],
  ['"Wed, 25 Nov 2026 12:01:00 GMT', null],
  ['Sun Nov  1 12:00:00 2026', -24 * 24 * 60 * MINUTE_MS],
  ['Wed, 25 Nov 2026 11:59:00 GMT', -MINUTE_MS],
  ['', null],
  ['soon', null],
  ['-5', null],
  ['+60', 60_000],
  ['+2m', 2 * MINUTE_MS],
  ['1e3', 1_000_000],
  ['1.2e+02', 120_000],
  ['5e', 5_000],
  ['30\xe2\x80\x9360', MINUTE_MS],
  ['in 5 minutes', null],
  ['2026-11-25T12:01:00Z', null],
  ['2026/11/25', null],
  ['20261125T120100Z', null],
  ['2026W48', null],
  ['25/Nov/2026:12:01:00 +0000', null],
  ['25-Nov-2026 12:01:00 GMT', null],
  ['25 November, 2026', null],
  ['25th November 2026', null],
  ['25. novembre 2026', null],
  ['30-60', MINUTE_MS],
  ['30 - 60 seconds', MINUTE_MS],
  ['1-2 minutes', 2 * MINUTE_MS],
  ['25-11-2026', null],
  ['2026-11', null],
  ['5-', 5_000],
  ['25 Nov 2026 12:01:00 GMT', null],
  ['12:01:00', null],
  ['Wed, 25 Nov 2026 12:01:00', null],
  ['Wed, 99 Nov 2026 12:01:00 GMT', null],
  ['November 2026', null],
];
for (const [value, waitMs] of TABLE) {
  test(`retryAfterMs: ${JSON.stringify(value)}`, () => {
    assert.equal(retryAfterMs(['Retry-After', value], WALL), waitMs);
  });
}

test('retryAfterMs: a date is compared with the clock of the server that names it', () => {
  const date = (value: string): readonly string[] => ['Date', value, 'Retry-After', 'Wed, 25 Nov 2026 12:01:00 GMT'];
  assert.equal(retryAfterMs(date('Wed, 25 Nov 2026 12:00:30 GMT'), WALL + 3_600_000), MINUTE_MS / 2);
  assert.equal(retryAfterMs(date('today'), WALL), MINUTE_MS);
  assert.equal(retryAfterMs([], WALL), null);
});

test('retryAfterMs: of several fields the longest time that can be read', () => {
  for (const [values, waitMs] of [
    [['', '7'], 7_000],
    [['soon', '"9"'], 9_000],
    [['5', 'Wed, 25 Nov 2026 12:01:00 GMT'], MINUTE_MS],
    [['90', '30'], 90_000],
    [['soon', 'later'], null],
  ] as const) {
    const headers = values.flatMap((value) => ['Retry-After', value]);
    assert.equal(retryAfterMs(headers, WALL), waitMs, values.join());
  }
});
