import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../../test/helpers/properties.ts';
import { askedTerms, termsOf } from './terms.ts';

const TEXTS = [
  ['case and accents', 'Größe CAFÉ Ёлка', 'fr', ['gross', 'caf', 'елка']],
  ['English stems', 'Houses, running', 'en', ['hous', 'run']],
  ['German stems', 'Die Häuser', 'de', ['die', 'haus']],
  ['Russian stems', 'Книги', 'ru', ['книг']],
  ['a language that is not named', 'houses', '', ['hous']],
  ['a language without a stemmer', 'houses', 'xx', ['houses']],
  ['Chinese', '学习中文', 'zh', ['学习', '习中', '中文', '文']],
  ['Japanese with digits', '第2東京', 'ja', ['第', '2', '東京', '京']],
  ['Hangul', '학교에서', 'ko', ['학교', '교에', '에서', '서']],
  ['Thai keeps its marks together', 'ที่', 'th', ['ที่']],
  ['widths', 'ＡＢＣ ｶﾞ', 'ja', ['abc', 'ガ']],
  ['signs', 'pg_dump --file=x; C++ & co.', 'en', ['pg', 'dump', 'file', 'x', 'c', 'co']],
  ['nothing', '  … — !', 'en', []],
] as const;

for (const [what, text, language, terms] of TEXTS)
  test(`termsOf: ${what}`, () => assert.deepEqual(termsOf(text, language), terms));

test('termsOf: a word of any length makes a short term', () => {
  assert.deepEqual(termsOf('x'.repeat(10_000), 'xx'), ['x'.repeat(64)]);
});

test('askedTerms: every part of a Chinese sentence stands in its terms, in a row', () => {
  const sentence = fc.array(fc.constantFrom(...'东京都北京大学习中文'), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(sentence, fc.nat(), fc.nat(), (characters, from, length) => {
      const start = from % characters.length;
      const end = start + 1 + (length % (characters.length - start));
      const terms = termsOf(characters.join(''), 'zh');
      const asked = askedTerms(characters.slice(start, end).join(''), 'zh');
      const isAt = (at: number): boolean =>
        asked.every(({ term, isBeginning }, place) => {
          const there = terms[at + place] ?? '';
          return isBeginning ? there.startsWith(term) : there === term;
        });
      assert.ok(
        terms.some((_, at) => isAt(at)),
        `${asked.map(({ term }) => term)} in ${terms}`,
      );
    }),
    { seed: 16 },
  );
});

test('askedTerms: of a beginning no ending is cut off', () => {
  assert.deepEqual(askedTerms('runni', 'en', true), [{ term: 'runni', isBeginning: true }]);
});
