import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTextPage, mediaTypeOf, pageKind, pageKindOfRow } from './page-kind.ts';

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
    assert.equal(pageKindOfRow({ contentType, charset }), kind, contentType);
    assert.equal(isTextPage({ contentType, charset }), kind !== null && kind !== 'svg', contentType);
  }
  assert.equal(pageKindOfRow({ contentType: null, charset: null }), null);
});
