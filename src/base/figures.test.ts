import assert from 'node:assert/strict';
import { test } from 'node:test';
import { showCount, showCountOf, showRate, showSize, showSpan, showTime } from './figures.ts';

test('showCount, showCountOf, showRate: as people read them', () => {
  assert.equal(showCount(1234567), '1,234,567');
  assert.equal(showCountOf(1, 'page'), '1 page');
  assert.equal(showCountOf(0, 'page'), '0 pages');
  assert.equal(showRate(0.44), '0.4');
  assert.equal(showRate(1234.4), '1,234');
});

test('showSize: three figures at most before the unit', () => {
  assert.deepEqual([0, 999, 1000, 1024, 1_363_149, 123_000_000, 2 ** 50].map(showSize), [
    '0 B',
    '999 B',
    '1.0 KB',
    '1.0 KB',
    '1.3 MB',
    '117 MB',
    '1024 TB',
  ]);
});

test('showSpan: two units at most', () => {
  const spans = [0, 250, 999.6, 4200, 59_400, 59_600, 200_000, 3_600_000, 18_720_000, 183_600_000];
  assert.deepEqual(spans.map(showSpan), [
    '0 ms',
    '250 ms',
    '1.0 s',
    '4.2 s',
    '59 s',
    '1 min 0 s',
    '3 min 20 s',
    '1 h 0 min',
    '5 h 12 min',
    '2 d 3 h',
  ]);
});

test('showTime: the date only where it is another day', () => {
  const noon = new Date(2026, 1, 3, 12, 4, 5).getTime();
  assert.equal(showTime(noon, noon), '12:04:05');
  assert.equal(showTime(noon + 86_400_000, noon), '2026-02-04 12:04:05');
});
