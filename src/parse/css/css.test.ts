import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cssLinksByTokens } from '../../../test/helpers/css-tokens.ts';
import { CssScan, cssLinks } from './css.ts';

function linksOf(text: string): string[] {
  const found: string[] = [];
  cssLinks(text, (url, isImport) => found.push(isImport ? `@${url}` : url));
  return found;
}

const TABLE: readonly (readonly [string, readonly string[]])[] = [
  ['a { background: url(x.png) }', ['x.png']],
  ['a { background: url( "x.png" ) }', ['x.png']],
  ["a { background: URL('x.png') }", ['x.png']],
  ['a { background: u\\72l(x.png) }', ['x.png']],
  ['a { background: \\75 rl(x.png) }', ['x.png']],
  ['a { background: url(a\\)b.png) }', ['a)b.png']],
  ['a { background: url(a\\20 b.png) }', ['a b.png']],
  ['a { background: url( x.png\n) }', ['x.png']],
  ['a { background: url(x y) } b { background: url(z) }', ['z']],
  ['a { background: url(x"y) } b { background: url(z) }', ['z']],
  ['a { background: url(x.png', ['x.png']],
  ['a { background: url("x.png', ['x.png']],
  ['a { background: url("x\ny.png) } b { background: url(z) }', ['z']],
  ['a { background: url("x\\\ny.png") }', ['xy.png']],
  ['a { background: url() url("") }', []],
  ['a { background: curl(x) } #url(x) @url(x) 1url(x)', []],
  ['/* url(x) */ a { b: url(y) /* */ }', ['y']],
  ['a { b: "url(x)" }', []],
  ['a { b: src("x.woff2") }', ['x.woff2']],
  ['a { b: src(x.woff2) }', []],
  ['@import "a.css";', ['@a.css']],
  ['@import url(a.css) screen;', ['@a.css']],
  ["@IMPORT/**/url( 'a.css' ) layer(x) supports(display: grid);", ['@a.css']],
  ['@\\69mport "a.css"', ['@a.css']],
  ['@import a.css; b { c: url(d) }', ['d']],
  ['@charset "utf-8"; @namespace svg url(http://www.w3.org/2000/svg); @namespace "x";', []],
  ['@namespace url(http://www.w3.org/1999/xhtml); a { b: url(c) }', ['c']],
  [
    'a { b: image-set("1x.png" 1x, url(2x.png) 2x, "3x.avif" type("image/avif")) "no" }',
    ['1x.png', '2x.png', '3x.avif'],
  ],
  ['a { b: -webkit-image-set(url(1.png) 1x, "2.png" 2x) }', ['1.png', '2.png']],
  ['@font-face { src: local("A"), url(a.woff2) format("woff2"), url("a.woff") }', ['a.woff2', 'a.woff']],
  ['a { b: url(data:image/png;base64,iVBORw0KGgo=) }', ['data:image/png;base64,iVBORw0KGgo=']],
  ['<!-- a { b: url(c) } -->', ['c']],
  ['a\\"b { c: url(d) } e\\\\ "x" { f: url(g) }', ['d', 'g']],
  ['a { b: url(\\000000x) url(\\110000x) }', ['\ufffdx', '\ufffdx']],
  ['a { b: url(x\0y) }', ['x\ufffdy']],
  ['a { fill: url(#id); mask: url( "#id" ); filter: url(\\23 id); b: url(x#id) }', ['x#id']],
  ['a { b: url(" #id") src("#id") image-set("#id" 1x, "x" 2x) } @import "#id";', ['x']],
];

test('cssLinks: finds what the tokens of CSS say, and nothing else', () => {
  for (const [text, expected] of TABLE) assert.deepEqual(linksOf(text), expected, text);
});

test('cssLinksByTokens: the reference agrees with the table', () => {
  for (const [text, expected] of TABLE) assert.deepEqual(cssLinksByTokens(text), expected, text);
});

test('CssScan.run: gives the same in slices', () => {
  for (const [text, expected] of TABLE) {
    const found: string[] = [];
    const scan = new CssScan(text, (url, isImport) => found.push(isImport ? `@${url}` : url));
    while (!scan.run(1));
    assert.deepEqual(found, expected, text);
  }
});

test('cssLinks: ten megabytes of anything take no longer than their length', () => {
  for (const piece of [
    'url(',
    '/*',
    '"',
    '\\',
    'a\\',
    '(',
    '@import ',
    'url("',
    'image-set(',
    '/',
    'aaaa',
    '@',
    "'\\",
    'u\\72l(',
  ]) {
    const text = piece.repeat(Math.ceil(1e7 / piece.length));
    const before = performance.now();
    cssLinks(text, () => {});
    const tookMs = performance.now() - before;
    assert.ok(tookMs < 5_000, `${piece}: ${tookMs} ms`);
  }
});

test('CssScan: a token without an end is read in slices like anything else, and what follows one is found', () => {
  const long = 300_000;
  const tokens: readonly (readonly [start: string, unit: string, end: string])[] = [
    ['url(', '\\a', ')'],
    ['url(', 'x', ')'],
    ['url(a"', 'x', ')'],
    ['url(', ' ', 'x"y)'],
    ['a{b:"', 'x', '"}'],
    ["a{b:'", '\\\n', "'}"],
    ['@import "', 'x', '";'],
    ['@', 'x', '{}'],
    ['a{b:', 'x', '(1)}'],
    ['@import ', ' ', 'x;'],
  ];
  for (const [start, unit, end] of tokens) {
    const found: string[] = [];
    const text = `${start}${unit.repeat(long / unit.length)}${end}\na{b:url(c)}`;
    const scan = new CssScan(text, (url) => void found.push(url));
    let slices = 1;
    while (!scan.run(1_000)) slices += 1;
    assert.equal(found.at(-1), 'c', start + unit);
    // The beginning of a token is looked at as a whole.
    assert.ok(slices > 150, `${start}${unit}: ${slices}`);
  }
});
