import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../../test/helpers/properties.ts';
import { atOnce } from '../base/slices.ts';
import { Patterns } from './patterns.ts';

const compiled = (patterns: readonly string[]): Patterns => atOnce(Patterns.compiled(patterns));

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
      const all = compiled(patterns);
      for (const each of paths) assert.equal(all.first(each), firstByExpressions(patterns, each), each);
    }),
    { seed: 12, numRuns: 3_000 },
  );
});

test('Patterns.first: a piece begins where the one before it has ended', () => {
  assert.equal(compiled(['*aba*ba']).first('/abab'), -1);
  assert.equal(compiled(['*aba*ba']).first('/ababa'), 0);
  assert.equal(compiled(['/a*a$']).first('/a'), -1);
  assert.equal(compiled(['*ab*ab*ab']).first('/abab ab'), 0);
});

test('Patterns.first: the best of tens of thousands, and the only one', () => {
  const many = Array.from({ length: 47_000 }, (_, at) => `*a*/${at.toString(36)}!`);
  const patterns = compiled([...many, '/*/private']);
  assert.equal(patterns.first(`/${'a/'.repeat(4_000)}private`), 47_000);
  assert.equal(patterns.first(`/${'a/'.repeat(4_000)}${(46_999).toString(36)}!`), many.length - 1);
  assert.equal(patterns.first(`/${'a/'.repeat(4_000)}`), -1);
});

test('Patterns.first: what takes too many steps is not said', () => {
  const nested = Array.from({ length: 1_000 }, (_, at) => `*${'a'.repeat(at + 1)}*b`);
  assert.equal(compiled(nested).first('a'.repeat(8_000)), null);
  assert.equal(compiled(nested).first(`${'a'.repeat(50)}b`), 0);
});

test('Patterns.first: long URLs of words find their rule among all that fit into a file', () => {
  const words = ['shop', 'product', 'products', 'list', 'filter', 'sort', 'page', 'session', 'print', 'a', 'e', 's'];
  const name = (at: number): string => words[at % words.length]!;
  // About 512 KB: each rule has several of the words, and ends of others are within them.
  const rules = Array.from({ length: 20_000 }, (_, at) => `*${name(at)}*/${name(at + 3)}*${name(at + 7)}=${at}!`);
  const patterns = compiled([...rules, '/*sort=up']);
  const path = `/${Array.from({ length: 1_400 }, (_, at) => name(at * 5)).join('/')}`;
  assert.ok(path.length > 7_000 && path.length < 8_192, String(path.length));
  assert.equal(patterns.first(path), -1);
  assert.equal(patterns.first(`${path}?sort=up`), rules.length);
});
