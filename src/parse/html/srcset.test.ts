import assert from 'node:assert/strict';
import { test } from 'node:test';
import { srcsetUrls } from './srcset.ts';

test('srcsetUrls: candidates, commas and descriptors as the standard reads them', () => {
  const table: Record<string, string[]> = {
    '': [],
    ' , ,': [],
    a: ['a'],
    'a, b': ['a', 'b'],
    'a,b': ['a,b'],
    'a,b 2x,c': ['a,b', 'c'],
    'a,,, b': ['a', 'b'],
    ',a': ['a'],
    '\n a\t1x ,\fb\r2x\n': ['a', 'b'],
    'data:image/png;base64,AAAA 1x, b 2x': ['data:image/png;base64,AAAA', 'b'],
    'a 100w, b 200w 50h, c 1.5x, d .5x, e 1e3x': ['a', 'b', 'c', 'd', 'e'],
    'a 0w, b -1w, c 1.5w, d 1x 2x, e 1w 1x, f x, g 1, h 1.x, i -1x, j +1x, k 50h, l 1w 2w, ok 3x': ['ok'],
    'a (1x, b) 1x, c': ['c'],
    'a ( b, c': [],
    'a 1x(,b': [],
    'a 0x, b 1X, c': ['a', 'c'],
  };
  for (const [text, urls] of Object.entries(table)) assert.deepEqual(srcsetUrls(text), urls, JSON.stringify(text));
});

test('srcsetUrls: a long one takes time in proportion to its length', () => {
  const length = 500_000;
  for (const piece of [',', 'a,', 'a ', 'a (', '1w ', 'a 1x,', ' ', ',a 1x ']) {
    const started = performance.now();
    srcsetUrls(`x${piece.repeat(length / piece.length)}y`);
    const elapsedMs = performance.now() - started;
    assert.ok(elapsedMs < 2_000, `${piece}: ${elapsedMs} ms`);
  }
});
