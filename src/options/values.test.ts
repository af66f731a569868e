import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shown } from './shown.ts';
import { expectationOf, type Kind, readText } from './values.ts';

const DAY_MS = 24 * 3_600_000;
const seconds: Kind = { is: 'duration', minMs: 0, maxMs: 3650 * DAY_MS, bareUnit: 's' };
const milliseconds: Kind = { ...seconds, bareUnit: 'ms' };
const bytes: Kind = { is: 'bytes', min: 1 };
const count: Kind = { is: 'number', min: 0, max: Number.MAX_SAFE_INTEGER };

test('readText: durations as people write them', () => {
  const table: readonly [text: string, ms: number][] = [
    ['90', 90_000],
    ['0', 0],
    ['1.5', 1_500],
    ['1h30m', 5_400_000],
    ['1h 30m', 5_400_000],
    ['1 h 30 min', 5_400_000],
    ['2d12h', 2.5 * DAY_MS],
    ['2 d 3 h', 2 * DAY_MS + 3 * 3_600_000],
    ['3 min 20 s', 200_000],
    ['1m30s500ms', 90_500],
    ['500ms', 500],
    ['1.5h', 5_400_000],
    ['.5s', 500],
    ['30S', 30_000],
    ['10 minutes', 600_000],
    ['1 week', 7 * DAY_MS],
    ['1_000ms', 1_000],
    [' 30s\r', 30_000],
  ];
  for (const [text, ms] of table) assert.equal(readText(seconds, text), ms, JSON.stringify(text));
  for (const text of [
    '',
    's',
    '-5',
    '1h30',
    '30 1h',
    '1,5h',
    '1:30',
    '1__0',
    '_1',
    '10x',
    '5 m5',
    '1e3',
    '1h-1m',
    'NaN',
  ])
    assert.equal(readText(seconds, text), undefined, JSON.stringify(text));
  assert.equal(readText(milliseconds, '1500'), 1_500);
  assert.equal(readText(milliseconds, '1.5s'), 1_500);
  assert.equal(readText(milliseconds, '1.5'), undefined, 'a part of a millisecond: seconds were meant');
});

test('readText: sizes as people write them', () => {
  const table: readonly [text: string, bytes: number][] = [
    ['64', 64],
    ['1.5GB', 1.5 * 1024 ** 3],
    ['10 MB', 10 * 1024 ** 2],
    ['10mb', 10 * 1024 ** 2],
    ['5GiB', 5 * 1024 ** 3],
    ['500k', 500 * 1024],
    ['1T', 1024 ** 4],
    ['512 bytes', 512],
    ['1Ki', 1024],
    ['500 megabytes', 500 * 1024 ** 2],
    ['2 Gigabytes', 2 * 1024 ** 3],
    ['1 kilobyte', 1024],
    ['1_000_000', 1_000_000],
    ['.5 KB', 512],
  ];
  for (const [text, size] of table) assert.equal(readText(bytes, text), size, text);
  for (const text of ['', 'MB', '0', '-1', '1,5GB', '5XB', '1 0MB', '1MB2KB', '1e6', '10 MBps', '1 kegabyte', '1 i'])
    assert.equal(readText(bytes, text), undefined, text);
  const rate: Kind = { is: 'bytes', min: 0, isRate: true };
  for (const [text, size] of [
    ['1KB/s', 1024],
    ['100 B / sec', 100],
    ['2M/s', 2 * 1024 ** 2],
    ['0', 0],
  ] as const)
    assert.equal(readText(rate, text), size, text);
  for (const text of ['1KB/m', '/s', '5s']) assert.equal(readText(rate, text), undefined, text);
  assert.equal(readText(bytes, '1KB/s'), undefined, 'no rate is wanted');
});

test('readText: counts', () => {
  assert.equal(readText(count, '1_000'), 1_000);
  assert.equal(readText(count, ' 7 '), 7);
  for (const text of ['', '1,000', '1.000', '1_', '1e3', '10k', '0x10', '-1'])
    assert.equal(readText(count, text), undefined, text);
});

test('expectationOf: says what a number alone means', () => {
  assert.match(
    expectationOf(seconds, 'x'),
    /^a duration from 0ms to 3650d, written like .*1h30m.*; a number alone is seconds$/,
  );
  assert.match(expectationOf(milliseconds, 'x'), /a number alone is whole milliseconds$/);
  assert.match(expectationOf(bytes, 'x'), /1\.5GB; a number alone is bytes$/);
  assert.match(expectationOf({ ...bytes, isRate: true }, 'x'), /10KB\/s .*; a number alone is bytes in a second$/);
});

test('shown: any value, also one that JSON does not have', () => {
  const circle: Record<string, unknown> = {};
  circle['itself'] = circle;
  const table: readonly (readonly [value: unknown, want: string])[] = [
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    ['x', '"x"'],
    [['a', 1], '["a",1]'],
    [new Set(['a']), '[object Set]'],
    [/a/g, '/a/g'],
    [Symbol('s'), 'Symbol(s)'],
    [undefined, 'undefined'],
    [circle, 'an object'],
    [[7n], 'an object'],
    [() => 1, 'a function'],
  ];
  for (const [value, want] of table) assert.equal(shown(value), want);
});
