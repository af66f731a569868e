import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDateOrNumber, yearIn } from './dates.ts';

const YEARS = [
  ['/cal/2031/nov', 2031],
  ['/agenda/novembre-2031', 2031],
  ['/cal?m=Nov-2031', 2031],
  ['/kalender/m%C3%A4rz-2031', 2031],
  ['/day/05-11-2031', 2031],
  ['/day/11/2031', 2031],
  ['/tag/5.11.2031', 2031],
  ['/day?d=05%2F11%2F2031', 2031],
  ['/plan/kw45-2031', 2031],
  ['/plan?cal_year=2031', 2031],
  ['/shop/lamp-2031', null],
  ['/docs/2031/index.html', null],
  ['/v1.20311', null],
] as const;
for (const [path, year] of YEARS) test(`yearIn: ${path}`, () => assert.equal(yearIn(path), year));

test('isDateOrNumber: a segment is a date with a name of a month, and not if it says more', () => {
  for (const segment of ['05', 'kw45-2031', 'nov', 'Nov-2031', '5-november-2031', 'listopad', '2031_mai'])
    assert.ok(isDateOrNumber(segment), segment);
  for (const segment of ['november-news', 'november-rain-2031', 'page-5', 'decline'])
    assert.ok(!isDateOrNumber(segment), segment);
});
