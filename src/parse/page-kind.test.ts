import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTextPage, mediaTypeOf, pageKind, pageKindOfRow, typeOfRow } from './page-kind.ts';

test('mediaTypeOf: two tokens, whatever stands behind them; empty where they are none', () => {
  const table: [string, string][] = [
    ['text/html', 'text/html'],
    [' Text/HTML ;charset=x', 'text/html'],
    ['text/html, text/html', 'text/html'],
    ['text/html charset=utf-8', 'text/html'],
    ['image/svg+xml', 'image/svg+xml'],
    ['html', ''],
    ['', ''],
    [';charset=utf-8', ''],
    ['charset=utf-8', ''],
    ['"text/html"', ''],
    ['"text/html; charset=utf-8"', ''],
    ['text/html:charset=utf-8', ''],
    ['text / html', ''],
    ['text/', ''],
  ];
  for (const [value, expected] of table) assert.equal(mediaTypeOf(value), expected, value);
});

test('pageKind, pageKindOfRow: the crawl decides by type and bytes, and a row says the same', () => {
  const page = Buffer.from('\ufeff\n<!DOCTYPE html><p>x');
  const text = Buffer.from('<p without a space or an end');
  const cases: [contentType: string, bytes: Buffer, kind: ReturnType<typeof pageKind>][] = [
    ['text/html', text, 'html'],
    ['application/xhtml+xml', text, 'xhtml'],
    ['image/svg+xml', text, 'svg'],
    ['html', page, 'html'],
    ['', page, 'html'],
    ['"text/html"', page, 'html'],
    ['*/*', page, 'html'],
    ['unknown/unknown', page, 'html'],
    ['', Buffer.from('<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml">'), 'html'],
    [
      'xhtml',
      Buffer.from('\ufeff<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN">\n<html>'),
      'html',
    ],
    ['', Buffer.from('<?xml version="1.0"?><rss version="2.0">'), null],
    ['', Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">'), 'svg'],
    ['svg', Buffer.from('\ufeff<!-- x --><svg width="1" xmlns="http://www.w3.org/2000/svg"/>'), 'svg'],
    ['', Buffer.from('<svg>'), null],
    ['html', Buffer.from('plain'), null],
    ['', Buffer.from('plain'), null],
    ['text/plain', page, null],
    ['text/css', page, null],
    ['application/xml', page, null],
  ];
  for (const [contentType, bytes, kind] of cases) {
    assert.equal(pageKind(mediaTypeOf(contentType), bytes), kind, contentType);
    // Style sheets and lists have an encoding too.
    const charset = kind !== null || /css|xml/.test(contentType) ? 'utf-8' : '';
    const row = { contentType, charset, url: `http://h/a${kind === 'svg' ? '.SVG?b' : ''}` };
    assert.equal(pageKindOfRow(row), kind, contentType);
    assert.equal(isTextPage(row), kind !== null && kind !== 'svg', contentType);
    assert.equal(typeOfRow(row) === 'image/svg+xml', kind === 'svg', contentType);
  }
  assert.equal(pageKindOfRow({ contentType: null, charset: null, url: 'http://h/a.svg' }), null);
});

test('pageKind: XML of no kind is what the namespace of its root says', () => {
  const xhtml = 'xmlns="http://www.w3.org/1999/xhtml"';
  const svg = "xmlns='http://www.w3.org/2000/svg'";
  const cases: [text: string, kind: ReturnType<typeof pageKind>][] = [
    [`<html ${xhtml}>`, 'xhtml'],
    [`\ufeff<?xml version="1.0"?>\n<!-- a > b <html> -->\n<!DOCTYPE html>\n<html lang="a"\n ${xhtml} >`, 'xhtml'],
    [`<?xml version="1.0"?><?xml-stylesheet href="a.css"?><svg width="1" ${svg}/>`, 'svg'],
    [`<h:html xmlns:h="http://www.w3.org/1999/xhtml" xmlns="urn:x">`, 'xhtml'],
    [`<svg:svg xmlns:svg="http://www.w3.org/2000/svg">`, 'svg'],
    ['<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "a.dtd" [ <!ENTITY s "x"> ]><svg xmlns="&s;">', 'svg'],
    ['<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "a.dtd">\n<html>', 'xhtml'],
    ['<html>', null],
    ['<rss version="2.0">', null],
    [`<feed xmlns="http://www.w3.org/2005/Atom" xmlns:x="http://www.w3.org/1999/xhtml">`, null],
    [`<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><html ${xhtml}>`, null],
    [`<!-- <html ${xhtml}> -->`, null],
    [`text <html ${xhtml}>`, null],
  ];
  for (const [text, kind] of cases) {
    for (const type of ['text/xml', 'application/xml']) assert.equal(pageKind(type, Buffer.from(text)), kind, text);
    assert.equal(pageKind('text/plain', Buffer.from(text)), null);
  }
  assert.equal(pageKind('text/xml', Buffer.from(`\ufeff<html ${xhtml}>`, 'utf16le')), 'xhtml');
});

test('pageKind: a beginning without end costs no more than its length', { timeout: 5_000 }, () => {
  for (const piece of ['<!--', '<?', ' ', '<!DOCTYPE [', '<!-- -->', '<a ', 'a:']) {
    assert.equal(pageKind('text/xml', Buffer.from(piece.repeat(20_000))), null);
    assert.equal(pageKind('text/xml', Buffer.from(`<${piece.repeat(20_000)}`)), null);
  }
});
