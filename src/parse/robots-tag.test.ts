import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asksNofollow, robotsTagDirectives } from './robots-tag.ts';

const TABLE: readonly (readonly [string[], string[]])[] = [
  [[], []],
  [['noindex'], ['noindex']],
  [['NoIndex, NOFOLLOW'], ['noindex', 'nofollow']],
  [
    ['noindex', 'noindex, noarchive'],
    ['noindex', 'noarchive'],
  ],
  [['otherbot: nofollow'], []],
  [['gossamer: nofollow'], ['nofollow']],
  [['Gossamer: nofollow, noindex'], ['nofollow', 'noindex']],
  [['otherbot: nofollow, noindex', 'noarchive'], ['noarchive']],
  [['otherbot: nofollow, gossamer: noindex'], ['noindex']],
  [['max-snippet: 20, noindex'], ['max-snippet: 20', 'noindex']],
  [['unavailable_after: 25 Jun 2030 15:00:00 GMT'], ['unavailable_after: 25 jun 2030 15:00:00 gmt']],
  [[' , ,'], []],
];

test('robotsTagDirectives: of all values, those that speak to all or to us', () => {
  for (const [values, expected] of TABLE)
    assert.deepEqual(robotsTagDirectives(values, 'gossamer'), expected, values.join(' | '));
});

test('asksNofollow: none is nofollow too', () => {
  assert.deepEqual([['nofollow'], ['none'], ['noindex'], []].map(asksNofollow), [true, true, false, false]);
});
