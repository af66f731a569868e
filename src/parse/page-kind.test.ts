import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeKind, isTextPage, isUntypedSheet, mediaTypeOf, pageKind, pageKindOfRow, typeOfRow } from './page-kind.ts';

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
    [
      '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "a.dtd" [ <!ENTITY s "http://www.w3.org/2000/svg"> ]><svg xmlns="&s;">',
      'svg',
    ],
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

const SCRIPTS = [
  `document.write('<a href="/invented">x</a>');`,
  `/* (c) */\n// <a href=/x>\nvar html = '<a href="/invented">';`,
  `/* a long licence ${'x'.repeat(2_000)} */ let a`,
  `\ufeff(function () { x.innerHTML = "<img src=/invented>"; })();`,
  `!function(e){e.x='<a href="/invented">'}(window);`,
  `;(() => { document.body.append('<a href=/invented>') })()`,
  `(async function main() { a('<b>') })()`,
  `"use strict";\nx('<a href=/invented>')`,
  `window.app = window.app || {}; app.t = '<a href=/i>';`,
  `$(function () { $('#a').html('<a href=/invented>') })`,
  `jQuery.fn.x = 1; '<a href=/invented>'`,
  `callback({"html": "<a href=/invented>"})`,
  `import { a } from './a.js';\na('<a href=/invented>')`,
  `export default '<a href=/invented>'`,
  `if (typeof x === 'undefined') { y = '<a href=/invented>' }`,
  `const a = '<a href=/invented>';`,
  'document.write(`\n<p>\n<a href=/invented>x</a>`)',
  `a.innerHTML = b + '<a href=/invented>'`,
  `function* all() { yield '<a href=/invented>' }`,
  `new App('<a href=/invented>')`,
  `define(["a"], function () { return '<a href=/invented>' })`,
];
const SHEETS = [
  'body { color: red; background: url(/a.gif) }',
  '/* (c) */ @import "b.css"; a:hover > b { c: d }',
  '@charset "utf-8"; p{}',
  '.a,\n#b::before{content:"x"}',
  ':root{--a:1}',
  '*{margin:0}',
  '[hidden]{display:none}',
];
const PAGES = [
  'Hello <a href=/x>x</a>',
  '\n\n<p>x</p>',
  'var x = 1;\n<!DOCTYPE html>\n<a href=/x>',
  'body { margin: 0 } <a href=/x>',
  'if (you like) <a href=/x>it</a>',
  '(see <a href=/x>x</a>)',
  'a = b <a href=/x>',
  'Warning: something in /x.php on line 3 <a href=/x>',
  '/* x */ <a href=/x>',
  '// <a href=/x>',
  'name=value; <a href=/x>',
  'status (ok) <a href=/x>',
  '',
];

test('codeKind: scripts and style sheets that are sent as pages are none, and a page with text in front is one', () => {
  for (const [bodies, kind] of [
    [SCRIPTS, 'script'],
    [SHEETS, 'style sheet'],
    [PAGES, null],
  ] as const) {
    for (const body of bodies) {
      assert.equal(codeKind(Buffer.from(body)), kind, body.slice(0, 80));
      assert.equal(pageKind('text/html', Buffer.from(body)), kind === null ? 'html' : null, body.slice(0, 80));
    }
  }
});

test('isUntypedSheet: without a type, the beginning or the name of the file tells a style sheet', () => {
  for (const body of SHEETS) {
    assert.ok(isUntypedSheet('', Buffer.from(body)), body);
    assert.ok(!isUntypedSheet('text/plain', Buffer.from(body)), body);
  }
  const odd = Buffer.from('>odd{a:url(b)}');
  assert.deepEqual([isUntypedSheet('', odd), isUntypedSheet('', odd, 'http://h/a.css?b')], [false, true]);
  for (const body of [...SCRIPTS, ...PAGES, '{"a": 1}', '<html>', 'plain']) {
    assert.ok(!isUntypedSheet('', Buffer.from(body), 'http://h/a.css.php'), body);
  }
  assert.ok(!isUntypedSheet('', Buffer.from('<!DOCTYPE html>'), 'http://h/a.css'), 'an error page');
});

test('codeKind: a beginning of one kind of sign costs no more than its length', { timeout: 5_000 }, () => {
  for (const piece of [
    '/*',
    '*/',
    '//',
    ' ',
    '(',
    'a.',
    'a',
    '/**/',
    '//\n',
    '"',
    'a{',
    '$',
    '(a,',
    '!',
    'if(',
    'var a',
  ]) {
    codeKind(Buffer.from(piece.repeat(20_000)));
  }
});
