import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../../test/helpers/properties.ts';
import { columnsOf, fit, plain, plainJson, plainLines } from './plain.ts';

test('plain: nothing that a terminal obeys is left', () => {
  assert.equal(plain('\x1b]0;owned\x07title'), '\ufffd]0;owned\ufffdtitle');
  assert.equal(plain('a\x1b[2Jb\x9b31mc\r\nd\x7f'), 'a\ufffd[2Jb\ufffd31mc\ufffd\ufffdd\ufffd');
  assert.equal(plain('https://a/\u202egnp.exe'), 'https://a/\ufffdgnp.exe');
  assert.equal(plain('a\u200eb\u200fc\u061cd\u2066e'), 'a\ufffdb\ufffdc\ufffdd\ufffde');
  assert.equal(plain('\ud800'), '\ufffd');
  assert.equal(plain('Größe 日本 👍'), 'Größe 日本 👍');
});

test('plainLines: lines and tabs stay, and nothing else that a terminal obeys', () => {
  assert.equal(plainLines('a\tb\n\x1b[2J\r\n\x9bc\n'), 'a\tb\n\ufffd[2J\ufffd\n\ufffdc\n');
});

test('plainJson: means the same, and nothing that a terminal obeys is left', () => {
  const value = { '\x9b': 'a\x1b\x7f\u202e\u2028 "\\" \ud800 ü👍' };
  const line = plainJson(JSON.stringify(value));
  assert.deepEqual(JSON.parse(line), value);
  assert.equal(plain(line), line);
});

test('plain: no control character survives, whatever the text', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(fc.property(text, (any) => !/[\p{Cc}\u2028\u2029]/u.test(plain(any))));
});

test('columnsOf: wide characters take two columns, marks none', () => {
  assert.equal(columnsOf('abc'), 3);
  assert.equal(columnsOf('日本'), 4);
  assert.equal(columnsOf('e\u0301'), 1);
  assert.equal(columnsOf('👍'), 2);
});

test('fit: never wider than asked, and whole where it fits', () => {
  assert.equal(fit('abcdef', 6), 'abcdef');
  assert.equal(fit('abcdef', 5), 'abcd…');
  assert.equal(fit('日本語', 4), '日…');
  assert.equal(fit('abc', 1), '…');
  assert.equal(fit('abc', 0), '');
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.nat(40),
      (any, columns) => columnsOf(fit(plain(any), columns)) <= columns,
    ),
  );
});
