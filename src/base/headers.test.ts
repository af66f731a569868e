import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentTypeOf, headerAll, headerOf } from './headers.ts';

const headers = ['Set-Cookie', 'a=1', 'content-TYPE', 'text/html', 'set-cookie', 'b=2', '__proto__', 'x'];

test('headerOf: gives the first value, whatever the case of the name', () => {
  assert.equal(headerOf(headers, 'Content-Type'), 'text/html');
  assert.equal(headerOf(headers, 'set-cookie'), 'a=1');
  assert.equal(headerOf(headers, '__proto__'), 'x');
});

test('headerOf: is undefined for a header that was not sent, also where a value has its name', () => {
  assert.equal(headerOf(headers, 'text/html'), undefined);
  assert.equal(headerOf([], 'etag'), undefined);
});

test('headerAll: gives all values in order', () => {
  assert.deepEqual(headerAll(headers, 'SET-COOKIE'), ['a=1', 'b=2']);
  assert.deepEqual(headerAll(headers, 'etag'), []);
});

test('contentTypeOf: the last type counts, with the charset that an earlier value gave it', () => {
  const table: readonly (readonly [values: readonly string[], type: string])[] = [
    [[], ''],
    [['text/html; charset=utf-8'], 'text/html; charset=utf-8'],
    [['html'], 'html'],
    [['text/html', 'text/html; charset=koi8-r'], 'text/html; charset=koi8-r'],
    [['text/html; charset=koi8-r', 'TEXT/html'], 'text/html; charset=koi8-r'],
    [['text/html; charset=koi8-r, text/html'], 'text/html; charset=koi8-r'],
    [['text/html; charset=koi8-r', 'text/plain'], 'text/plain'],
    [['text/html; charset=koi8-r', '*/*', 'html', ''], 'text/html; charset=koi8-r'],
    [['text/html; a="b,c"; charset=koi8-r'], 'text/html; a="b,c"; charset=koi8-r'],
    [['html, nothing'], 'html, nothing'],
  ];
  for (const [values, type] of table) {
    assert.equal(contentTypeOf(values.flatMap((value) => ['Content-Type', value])), type, values.join(' | '));
  }
});
