import assert from 'node:assert/strict';
import { test } from 'node:test';
import { excerptOf, markerOf } from './excerpt.ts';
import { questionOf } from './question.ts';

function excerpt(text: string, typed: string): string {
  const { pieces, isBeginning, isEnd } = excerptOf(text, markerOf(questionOf(typed).parts, ['en']));
  const marked = pieces.map((piece, at) => (at % 2 === 1 ? `[${piece}]` : piece)).join('');
  return `${isBeginning ? '' : '...'}${marked}${isEnd ? '' : '...'}`;
}

const MARKED = [
  ['words in any form', 'We run. Running is fun.', 'run', 'We [run]. [Running] is fun.'],
  ['accents', 'Ein Café hier', 'cafe', 'Ein [Café] hier'],
  ['a phrase word by word', 'the hash table', '"hash table"', 'the [hash] [table]'],
  ['a beginning', 'install an installer', 'instal*', '[install] an [installer]'],
  ['Chinese', '我喜欢学习中文', '学习', '我喜欢[学习]中文'],
  ['not the barred ones', 'one two', 'one -two', '[one] two'],
  ['a character that becomes two', 'die Straße', 'strasse', 'die [Straße]'],
] as const;
for (const [what, text, typed, expected] of MARKED)
  test(`excerptOf: marks ${what}`, () => assert.equal(excerpt(text, typed), expected));

test('excerptOf: of a long text the part with most of the words', () => {
  const filler = 'nothing of note here. '.repeat(40);
  const found = excerpt(`one alone. ${filler}here one meets two and three. ${filler}`, 'one two three');
  assert.match(found, /^\.\.\..*\[one\] meets \[two\] and \[three\].*\.\.\.$/);
  assert.ok(found.length < 300, found);
});

test('excerptOf: a text without any of the words, and an empty one', () => {
  assert.equal(excerpt('nothing here', 'word'), 'nothing here');
  assert.equal(excerpt('', 'word'), '');
  const pair = '😀'.repeat(400);
  assert.ok(excerpt(pair, 'word').isWellFormed());
});
