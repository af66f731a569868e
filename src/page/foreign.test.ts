import assert from 'node:assert/strict';
import { test } from 'node:test';
import { halves, shown } from './foreign.ts';

test('shown: what is not seen or turns text around is a symbol', () => {
  assert.equal(shown('a\n\t\u0000\u007fb'), 'a\u240a\u2409\u2400\u2421b');
  assert.equal(shown('\u202eevil\u202c\u2066\u200b\ufeff'), '‹U+202E›evil‹U+202C›‹U+2066›‹U+200B›‹U+FEFF›');
  assert.equal(shown('\u0085'), '‹U+0085›');
  assert.equal(shown('かぼちゃ & <b>'), 'かぼちゃ & <b>');
});

test('shown: a long text is cut, never within a character', () => {
  assert.equal(shown('x'.repeat(65_536)).length, 301);
  assert.ok(shown(`${'x'.repeat(299)}\u{1f980}y`).isWellFormed());
  assert.equal(shown('\ud800'), '\ufffd');
});

test('halves: together they are the URL, and the end is short', () => {
  for (const url of ['http://a.test/', `http://a.test/${'long/'.repeat(20)}end.html?page=2`]) {
    const [beginning, end] = halves(url);
    assert.equal(beginning + end, url);
    assert.ok(end.length <= 28);
  }
});
