import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headerAll, headerOf } from './headers.ts';

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
