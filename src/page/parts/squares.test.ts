import assert from 'node:assert/strict';
import { test } from 'node:test';
import { squares } from './squares.ts';

test('squares: each place has the area of its share, and all of them fill the square', () => {
  const amounts = [500, 300, 100, 50, 30, 15, 5];
  const places = squares(amounts);
  assert.equal(places.length, amounts.length);
  for (const [at, { left, top, width, height }] of places.entries()) {
    assert.ok(Math.abs(width * height - amounts[at]! / 1_000) < 1e-9);
    assert.ok(left >= 0 && top >= 0 && left + width <= 1 + 1e-9 && top + height <= 1 + 1e-9);
  }
});

test('squares: one amount takes all, and nothing has no place', () => {
  assert.deepEqual(squares([7]), [{ left: 0, top: 0, width: 1, height: 1 }]);
  assert.deepEqual(squares([]), []);
  assert.equal(squares([0, 0]).length, 2);
});
