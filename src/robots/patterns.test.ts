import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Patterns } from './patterns.ts';

/** By the letter of RFC 9309, section 2.2.3: each pattern by itself, as an expression. */
function firstByExpressions(patterns: readonly string[], path: string): number {
  return patterns.findIndex((pattern) => {
    const isAnchored = pattern.endsWith('$');
    const bare = isAnchored ? pattern.slice(0, -1) : pattern;
    const pieces = bare.replaceAll('$', '%24').split('*');
    const expression = pieces.map((piece) => piece.replace(/[.?+^()[\]{}|\\/]/g, '\\$&')).join('.*');
    return new RegExp(`^${expression}${isAnchored ? '$' : ''}`, 's').test(path);
  });
}

test('Patterns.first: is what expressions say', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '*', '$'), maxLength: 8 });
  const path = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 14 });
  fc.assert(
    fc.property(fc.array(pattern, { maxLength: 12 }), fc.array(path, { maxLength: 4 }), (patterns, paths) => {
      const compiled = new Patterns(patterns);
      for (const each of paths) assert.equal(compiled.first(each), firstByExpressions(patterns, each), each);
    }),
    { seed: 12, numRuns: 3_000 },
  );
});

test('Patterns.first: a piece begins where the one before it has ended', () => {
  assert.equal(new Patterns(['*aba*ba']).first('/abab'), -1);
  assert.equal(new Patterns(['*aba*ba']).first('/ababa'), 0);
  assert.equal(new Patterns(['/a*a$']).first('/a'), -1);
  assert.equal(new Patterns(['*ab*ab*ab']).first('/abab ab'), 0);
});

test('Patterns.first: the best of tens of thousands, and the only one', () => {
  const many = Array.from({ length: 47_000 }, (_, at) => `*a*/${at.toString(36)}!`);
  const patterns = new Patterns([...many, '/*/private']);
  assert.equal(patterns.first(`/${'a/'.repeat(4_000)}private`), 47_000);
  assert.equal(patterns.first(`/${'a/'.repeat(4_000)}${(46_999).toString(36)}!`), many.length - 1);
  assert.equal(patterns.first(`/${'a/'.repeat(4_000)}`), -1);
});

test('Patterns.first: what takes too many steps is not said', () => {
  const nested = Array.from({ length: 1_000 }, (_, at) => `*${'a'.repeat(at + 1)}*b`);
  assert.equal(new Patterns(nested).first('a'.repeat(8_000)), null);
  assert.equal(new Patterns(nested).first(`${'a'.repeat(50)}b`), 0);
});
