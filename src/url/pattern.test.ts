import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { resolveOptions } from '../options/options.ts';
import { patternFault } from './pattern.ts';
import { createScope } from './scope.ts';

const ROOT = 'https://example.com/';

function refuses(act: () => unknown, ...parts: string[]): void {
  assert.throws(act, (error: Error & { code?: string }) => {
    for (const part of parts) assert.ok(error.message.includes(part), `"${error.message}" names ${part}`);
    return error.code === 'usage';
  });
}

test('patternFault: what cannot be had in linear time, and what is no expression', () => {
  for (const pattern of ['(?=a)b', '(?<!x)y', '(a)\\1', '(?<x>a)\\k<x>', '\\\\\\k'])
    assert.match(patternFault(pattern) ?? '', /look-around/, pattern);
  for (const pattern of ['(', '*', '[a', 'x{1001}']) assert.ok(patternFault(pattern) !== null, pattern);
  for (const pattern of ['(?i)a', '(?<year>\\d{4})', '\\-', '\\/a', '[^]', 'a\\\\k'])
    assert.equal(patternFault(pattern), null, pattern);
});

test('resolveOptions: include and exclude take a RegExp, whose flags count or are refused', () => {
  const url = 'https://example.com/Private/A.html';
  const table: readonly [pattern: RegExp | string, isMatch: boolean][] = [
    [/private/, false],
    [/private/i, true],
    ['(?i)private', true],
    [/a\.html$|\.pdf$/gi, true],
    [/^https:\/\/example\.com\/\w+\/a/iu, true],
    [/example.com.private/is, true],
    [/^private/im, false],
    // Letters without a meaning in JavaScript: the beginning, a bell and literal text in RE2.
    [/A\.html/, true],
    [/\/Private/, true],
    [/Q.E/, false],
    [/\\A/, false],
  ];
  for (const [pattern, isMatch] of table) {
    for (const exclude of [pattern, [pattern]]) {
      const options = resolveOptions({ roots: ROOT, exclude });
      assert.equal(createScope(options).admits(url, 1), isMatch ? 'excluded' : null, String(pattern));
    }
  }
  const other = runInNewContext('/private/i') as RegExp;
  assert.deepEqual(resolveOptions({ roots: ROOT, include: [other, 'b'] }).include, ['(?i:private)', 'b']);
  refuses(() => resolveOptions({ roots: ROOT, include: /a/y }), 'include: /a/y', 'flag');
  refuses(() => resolveOptions({ roots: ROOT, exclude: [/[a--b]/v] }), 'exclude: /[a--b]/v', 'flag');
  for (const pattern of [/(?=a)b/, /(?<!x)y/, /(a)\1/, /(?<x>a)\k<x>/]) {
    refuses(() => resolveOptions({ roots: ROOT, include: ['fine', pattern] }), 'include', 'look-around');
  }
});
