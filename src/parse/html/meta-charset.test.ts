import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHARSET_LATE_BYTES } from '../../base/limits.ts';
import { metaEncodingOf } from './meta-charset.ts';

const META = '<meta charset=koi8-r>';
const LONG = 'x'.repeat(3000);

const named = (page: string): string | null => metaEncodingOf(Buffer.from(page, 'latin1'));

test('metaEncodingOf: an element counts wherever it stands in the beginning', () => {
  const places = ['', `<!-- ${LONG} -->`, `<script>${LONG}</script>`, `<style>${LONG}</style>`, ' '.repeat(1024)];
  const bodies = [`<title>${LONG}</title>`, `<body><p>${LONG}</p>`, `<svg><g>${LONG}`, `<noscript>${LONG}</noscript>`];
  for (const before of [...places, ...bodies]) assert.equal(named(before + META), 'koi8-r', before.slice(0, 20));
  for (let length = 200; length < 2100; length += 1) {
    assert.equal(named(`<!--${'x'.repeat(length)}-->${META}`), 'koi8-r', String(length));
  }
  assert.equal(named(`${'x'.repeat(64 * 1024)}${META}`), 'koi8-r');
  assert.equal(named(`${'x'.repeat(CHARSET_LATE_BYTES)}${META}`), null);
});

test('metaEncodingOf: what only looks like an element is none', () => {
  const fakes = [
    '<script>a = "*"</script>',
    '<!-- * -->',
    '<title>*</title>',
    '<style>*</style>',
    '<textarea>*</textarea>',
  ];
  for (const fake of [...fakes, '<xmp>*</xmp>', '<noframes>*</noframes>', '<a title="*">', '<!-- * --!>']) {
    const page = fake.replace('*', '<meta charset=big5>');
    assert.equal(named(page), null, fake);
    assert.equal(named(page + META), 'koi8-r', fake);
    assert.equal(named(LONG + page + META), 'koi8-r', fake);
  }
});

test('metaEncodingOf: the first element that names a known encoding', () => {
  const table: readonly [want: string | null, page: string][] = [
    ['big5', `<meta charset=big5>${META}`],
    ['koi8-r', `<meta charset=klingon>${META}`],
    ['koi8-r', `<meta name=charset content=big5>${META}`],
    ['koi8-r', `<META HTTP-EQUIV="Content-Type" CONTENT="text/html; CHARSET = 'KOI8-R'">`],
    ['koi8-r', '<meta content="charset charset=koi8-r;x" http-equiv=content-type>'],
    [null, '<meta http-equiv=content-type content="text/html; charset=\'koi8-r">'],
    [null, '<meta http-equiv=refresh content="0; charset=koi8-r">'],
    [null, '<meta content="text/html; charset=koi8-r">'],
    [null, '<meta charset=klingon http-equiv=content-type content="charset=koi8-r">'],
    ['koi8-r', '<meta charset="&#107;oi8-r">'],
    ['koi8-r', '<meta charset=" koi8-r\n">'],
    ['utf-8', '<meta charset=utf-16be>'],
    ['windows-1252', '<meta charset=x-user-defined>'],
    ['replacement', '<meta charset=iso-2022-kr>'],
    [null, '<meta charset=koi8-r'],
    [null, ''],
  ];
  for (const [want, page] of table) {
    assert.equal(named(page), want, page);
    assert.equal(named(`<script>${LONG}</script>${page}`), want, page);
  }
});
