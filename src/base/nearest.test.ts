import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from './nearest.ts';

test('nearest: the name that was probably meant, and none where nothing is near', () => {
  const known = ['depth', 'delayMs', 'concurrency', 'hostConcurrency', 'limit', 'timeLimitMs'];
  const table: readonly [written: string, meant: string | null][] = [
    ['dept', 'depth'],
    ['dpeth', 'depth'],
    ['Depth', 'depth'],
    ['concurency', 'concurrency'],
    ['hostconcurrency', 'hostConcurrency'],
    ['limits', 'limit'],
    ['x', null],
    ['', null],
    ['proxy', null],
    ['frequency', null],
  ];
  for (const [written, meant] of table) assert.equal(nearest(written, known), meant, written);
  assert.equal(nearest('x'.repeat(100_000), known), null);
});
