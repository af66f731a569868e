import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '../../base/errors.ts';
import { Origins } from '../net/origins.ts';
import { createRequestTail, type RequestHeadOptions } from './request-head.ts';

const PLAIN: RequestHeadOptions = {
  userAgent: 'gossamer/1',
  headers: [],
  secrets: { origins: new Set(), headers: [] },
};

function headFor(options: RequestHeadOptions, url: string, headers?: readonly string[]): string {
  const { origin, path } = new Origins(() => null).target(url)!;
  return `GET ${path}${createRequestTail(options)({ url, method: 'GET', ...(headers && { headers }) }, origin)}`;
}

test('createRequestTail: is these very bytes', () => {
  assert.equal(
    headFor(PLAIN, 'http://a.test:8080/x?y'),
    'GET /x?y HTTP/1.1\r\nHost: a.test:8080\r\nUser-Agent: gossamer/1\r\nAccept: */*\r\n' +
      'Accept-Encoding: gzip, deflate, br, zstd\r\nConnection: keep-alive\r\n\r\n',
  );
});

test('createRequestTail: names the host without a default port and with an address in brackets', () => {
  assert.match(headFor(PLAIN, 'https://a.test:443/'), /\r\nHost: a\.test\r\n/);
  assert.match(headFor(PLAIN, 'http://[2606:4700::1]:81/'), /\r\nHost: \[2606:4700::1\]:81\r\n/);
});

test('createRequestTail: never sends userinfo', () => {
  assert.doesNotMatch(headFor(PLAIN, 'http://good:secret@evil.test/'), /good|secret|Authorization/);
});

test("createRequestTail: the user's headers replace defaults, and a request's replace both", () => {
  const options = { ...PLAIN, headers: ['accept', 'text/html', 'X-A', '1'] };
  assert.match(headFor(options, 'http://a.test/'), /\r\naccept: text\/html\r\nX-A: 1\r\n\r\n$/);
  assert.doesNotMatch(headFor(options, 'http://a.test/'), /\*\/\*/);
  assert.match(headFor(options, 'http://a.test/', ['x-a', '2']), /\r\naccept: text\/html\r\nx-a: 2\r\n\r\n$/);
});

test('createRequestTail: secrets go to their origins alone, all of a name', () => {
  const secrets = {
    origins: new Set(['http://a.test']),
    headers: ['Cookie', 'a=1', 'cookie', 'b=2', 'X-Api-Key', '3'],
  };
  const options = { ...PLAIN, headers: ['X-Open', '4'], secrets };
  assert.match(
    headFor(options, 'http://a.test/'),
    /\r\nX-Open: 4\r\nCookie: a=1\r\ncookie: b=2\r\nX-Api-Key: 3\r\n\r\n$/,
  );
  for (const other of ['https://a.test/', 'http://a.test:81/', 'http://b.test/', 'http://www.a.test/']) {
    assert.doesNotMatch(headFor(options, other), /cookie|api-key/i);
    assert.match(headFor(options, other), /X-Open: 4/);
  }
});

test('createRequestTail: sends no body and no framing of one', () => {
  const options = { ...PLAIN, headers: ['Content-Length', '5', 'Transfer-Encoding', 'chunked'] };
  assert.doesNotMatch(headFor(options, 'http://a.test/'), /Content-Length|Transfer/);
});

test('createRequestTail: refuses what would be another line', () => {
  for (const headers of [['X', 'a\r\nb: c'], ['X: y', 'z'], ['X', 'ж'], ['X']]) {
    assert.throws(() => createRequestTail({ ...PLAIN, headers }), UsageError);
  }
  assert.throws(() => createRequestTail({ ...PLAIN, userAgent: 'a\nb' }), UsageError);
});
