import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linksOfHeader } from './link-header.ts';

test('linksOfHeader: targets and their parameters', () => {
  const table: Record<string, string[]> = {
    '': [],
    '<a>': ['a||'],
    '<a>; rel=next': ['a|next|'],
    '< a >;REL = "Next Prev" ; type="text/html"': [' a |next prev|text/html'],
    '<a>; rel=next; rel=prev': ['a|next|'],
    '<a>;rel="a\\"b;c,d", <b,c;d>; title="x, <y>"; rel=e': ['a|a"b;c,d|', 'b,c;d|e|'],
    '<a>, ,,<b>;;rel=x;': ['a||', 'b|x|'],
    '<a>; rel; type=t': ['a||t'],
    // An octet that is a space of Latin-1 is part of a character.
    '<\xc3\xa0>; rel=next, <\xa0>; rel=up': ['\xc3\xa0|next|', '\xa0|up|'],
    '<a>; anchor="#x"; rel=next, <b>; rel=up': ['b|up|'],
    '<a>; rel="open': ['a|open|'],
    '<a>; rel="x" y; type=z': ['a|x|z'],
    "<a>; title*=UTF-8'de'x%20y; rel=n": ['a|n|'],
    'a; rel=next': [],
    '<a; rel=next': [],
    '<a> b, <c>; rel=d': ['a||'],
  };
  for (const [value, links] of Object.entries(table)) {
    const found = linksOfHeader(value).map(({ target, rel, type }) => `${target}|${rel}|${type}`);
    assert.deepEqual(found, links, value);
  }
});

test('linksOfHeader: a long value takes time in proportion to its length', () => {
  const length = 400_000;
  for (const piece of ['<', '<>', ',', ' ', ';', '; ', ';a', '="', '\\"', '=', '<a>;rel=x,', ';a="', 'a ']) {
    const started = performance.now();
    linksOfHeader(`<a>;${piece.repeat(length / piece.length)}`);
    linksOfHeader(piece.repeat(length / piece.length));
    const elapsedMs = performance.now() - started;
    assert.ok(elapsedMs < 2_000, `${piece}: ${elapsedMs} ms`);
  }
});
