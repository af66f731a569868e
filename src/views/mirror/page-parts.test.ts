import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mirroredPage } from './page.ts';

/** Every URL is in the mirror, under its path. */
const paths = { of: (url: string) => `a.test${new URL(url).pathname}` };

function page(html: string, { contentType = 'text/html' } = {}): string {
  const at = { url: 'http://a.test/docs/page', file: 'a.test/docs/page.html', contentType, isXml: false };
  return mirroredPage(Buffer.from(html), at, paths).toString('latin1');
}

test('mirroredPage: images that a script shows late, in every form of their attributes', () => {
  assert.equal(page('<p data-background-image="/a.png,b.png">'), '<p data-background-image="../a.png,b.png">');
  assert.equal(page('<p data-style="b: url(/a.png)">'), '<p data-style="b: url(../a.png)">');
});

test('mirroredPage: scripts and frames that come late, and what SVG takes from other files', () => {
  assert.equal(page('<script data-rocket-src=/a.js></script>'), '<script data-rocket-src="../a.js"></script>');
  assert.equal(page('<iframe data-litespeed-src=/a></iframe>'), '<iframe data-litespeed-src="../a"></iframe>');
  assert.equal(page('<svg><pattern href="/a.svg#x"/></svg>'), '<svg><pattern href="../a.svg#x"/></svg>');
});

test('mirroredPage: a page in ASCII keeps the encoding that its header named for its scripts and style sheets', () => {
  const mark = '\xef\xbb\xbf';
  const contentType = 'text/html; charset=utf-8';
  for (const part of [
    '<script src="a.js"></script>',
    '<link rel=stylesheet href="a.css">',
    '<style>@import "a.css"</style>',
  ]) {
    assert.equal(page(part, { contentType }), mark + part);
    assert.equal(page(part), part);
    assert.equal(page(`<meta charset=utf-8>${part}`, { contentType }), `<meta charset=utf-8>${part}`);
  }
  assert.equal(page('<p>x</p>', { contentType }), '<p>x</p>');
});
