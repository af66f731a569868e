import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inSight, ROW_PX, scrollFor } from './scroll.ts';

const VIEW_PX = 600;
const HEIGHT_PX = 8_000_000;

test('inSight: a few rows are all there, and nothing is above or below', () => {
  assert.deepEqual(inSight(3, 0, VIEW_PX), { first: 0, end: 3, abovePx: 0, belowPx: 0 });
  assert.deepEqual(inSight(0, 0, VIEW_PX), { first: 0, end: 0, abovePx: 0, belowPx: 0 });
});

test('inSight: of a million rows the first and the last can be reached, and the height never changes', () => {
  const rows = 1_000_000;
  const bottom = HEIGHT_PX - VIEW_PX;
  assert.equal(inSight(rows, 0, VIEW_PX).first, 0);
  assert.equal(inSight(rows, bottom, VIEW_PX).end, rows);
  for (const scrolled of [0, 1, 1_000, 77_777, bottom / 2, bottom]) {
    const { first, end, abovePx, belowPx } = inSight(rows, scrolled, VIEW_PX);
    assert.ok(end - first < 40, `${end - first} rows`);
    assert.ok(Math.abs(abovePx + belowPx + (end - first) * ROW_PX - HEIGHT_PX) < 2 * 6 * ROW_PX, `at ${scrolled}`);
  }
});

test('scrollFor: a row above or below comes into sight, and one in sight stays', () => {
  for (const rows of [1_000, 1_000_000]) {
    const scrolled = scrollFor(500, rows, 0, VIEW_PX)!;
    const { first, end } = inSight(rows, scrolled, VIEW_PX);
    assert.ok(first <= 500 && 500 < end);
    assert.equal(scrollFor(500, rows, scrolled, VIEW_PX), null);
    assert.ok(scrollFor(10, rows, scrolled, VIEW_PX)! < scrolled);
  }
});
