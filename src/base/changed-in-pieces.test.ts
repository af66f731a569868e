import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleaned, decodeReferences } from '../parse/html/references.ts';
import { escapeText, plainText } from '../views/markdown/text.ts';

const MB = 1024 * 1024;

test('changedInPieces: a long text is changed as if it were whole, wherever it is cut', () => {
  // No unit has a length that divides that of a piece, so the cuts fall on different places of it.
  const cases: readonly (readonly [change: (text: string) => string, unit: string, changed: string])[] = [
    [cleaned, 'a\r\n\0\rb\0', 'a\n\ufffd\nb\ufffd'],
    [(text) => decodeReferences(text, false), '&amp;x&lt&#33;', '&x<!'],
    [plainText, 'é \t \u00ad x\ud83d\ude00\0', 'é x\ud83d\ude00\ufffd'],
    [plainText, 'a  b\t', 'a b '],
    [escapeText, 'a_b*[x]~~<b {c.', 'a_b\\*\\[x\\]\\~\\~\\<b {c.'],
    [escapeText, '**_`', '\\*\\*\\_\\`'],
  ];
  for (const [change, unit, changed] of cases) {
    assert.equal(change(unit), changed, JSON.stringify(unit));
    const length = Math.ceil(MB / unit.length);
    assert.ok(change(unit.repeat(length)) === changed.repeat(length), JSON.stringify(unit));
  }
});

test('plainText: a very long text of any signs is changed', () => {
  for (const sign of ['a ', '\0', 'é ', 'a\n', '\u00ad']) {
    const text = plainText(sign.repeat(8 * MB));
    assert.ok(text.length <= 16 * MB, JSON.stringify(sign));
  }
});
