import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostOf } from '../url/host.ts';
import { createScope } from '../url/scope.ts';
import { partsOf } from './key.ts';

test('partsOf: key, host and site of URLs of every kind', () => {
  const table: readonly (readonly [url: string, key: string, host: string, site: string])[] = [
    ['http://www.example.co.uk/', 'http://www.example.co.uk/', 'http://www.example.co.uk', 'example.co.uk'],
    [
      'https://u:p@a.example.com:8443/%7ea?',
      'https://a.example.com:8443/~a',
      'https://a.example.com:8443',
      'example.com',
    ],
    ['http://127.0.0.1:1/', 'http://127.0.0.1:1/', 'http://127.0.0.1:1', '127.0.0.1'],
    ['http://[::1]/', 'http://[::1]/', 'http://[::1]', '::1'],
    ['mailto:a@b', 'mailto:a@b', 'mailto:', ''],
    ['file:///a', 'file:///a', 'file:', ''],
    ['custom://a.b?q', 'custom://a.b?q', 'custom://a.b', 'a.b'],
    ['about:blank', 'about:blank', 'about:', ''],
  ];
  for (const [url, key, host, site] of table) {
    assert.deepEqual(partsOf(url, null), { key, host, site, inScope: null }, url);
    if (url.startsWith('http')) assert.equal(host, hostOf(url));
  }
});

test('partsOf: in scope or not', () => {
  const scope = createScope({
    roots: ['https://example.com/docs/'],
    scope: 'prefix',
    strict: false,
    include: [],
    exclude: ['secret'],
    depth: null,
  });
  const isIn = (url: string): boolean | null => partsOf(url, scope).inScope;
  assert.deepEqual(
    ['http://www.example.com/docs/a', 'https://example.com/', 'https://example.com/docs/secret', 'mailto:a'].map(isIn),
    [true, false, false, false],
  );
});
