import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../../test/helpers/properties.ts';
import { QuestionError, type QuestionPart, questionOf } from './question.ts';

const word = (text: string, kind: QuestionPart['kind'] = 'word', isBarred = false): QuestionPart => ({
  text,
  kind,
  isBarred,
});

const PARTS: readonly (readonly [string, readonly QuestionPart[]])[] = [
  ['install guide', [word('install'), word('guide')]],
  ['"install guide" -windows', [word('install guide', 'phrase'), word('windows', 'word', true)]],
  ['instal*', [word('instal*', 'beginning')]],
  ['-"not this" this', [word('not this', 'phrase', true), word('this')]],
  ['C++ & http://x.example/a:b', [word('C++'), word('http://x.example/a:b')]],
  ['unknown:field', [word('unknown:field')]],
  ['NOT OR AND near(', [word('NOT'), word('OR'), word('AND'), word('near(')]],
];
for (const [typed, parts] of PARTS)
  test(`questionOf: ${typed}`, () => assert.deepEqual(questionOf(typed), { parts, filters: [] }));

test('questionOf: filters', () => {
  const { parts, filters } = questionOf('SITE:Example.com path:"/a b" -lang:de before:2026-02 after:2025');
  assert.deepEqual(parts, []);
  assert.deepEqual(filters, [
    { field: 'site', value: 'example.com', isBarred: false },
    { field: 'path', value: '/a b', isBarred: false },
    { field: 'lang', value: 'de', isBarred: true },
    { field: 'before', at: Date.UTC(2026, 1) },
    { field: 'after', at: Date.UTC(2025, 0) },
  ]);
});

const WRONG = [
  ['', 0, 'there is no word in it'],
  ['  & -', 0, 'there is no word in it'],
  ['-windows', 0, 'it only says what must not be there'],
  ['one "two three', 4, 'a quotation mark is not closed'],
  ['one path:"two', 9, 'a quotation mark is not closed'],
  ['word site:', 5, 'site: has no value'],
  ['a before:soon', 2, 'before: needs a date like 2026, 2026-11 or 2026-11-26'],
  ['a after:2026-02-31', 2, 'after: needs a date like 2026, 2026-11 or 2026-11-26'],
  ['a -before:2026', 2, '-before: is not possible; use after:'],
] as const;
for (const [typed, at, message] of WRONG) {
  test(`questionOf: ${JSON.stringify(typed)} is told`, () => {
    assert.throws(
      () => questionOf(typed),
      (error) => error instanceof QuestionError && error.at === at && error.message === message,
    );
  });
}

test('questionOf: whatever is typed is a question or told', () => {
  const signs = fc.string({ unit: fc.constantFrom('a', '"', '-', '*', ':', ' ', 'site:', 'é', '(', '\\', '\0', '中') });
  fc.assert(
    fc.property(fc.oneof(fc.string(), signs), (typed) => {
      try {
        const { parts, filters } = questionOf(typed);
        assert.ok(parts.length + filters.length > 0);
      } catch (error) {
        assert.ok(error instanceof QuestionError, String(error));
      }
    }),
    { seed: 16, numRuns: 2_000 },
  );
});
