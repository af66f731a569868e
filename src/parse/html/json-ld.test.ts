import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonLdUrls } from './json-ld.ts';

test('jsonLdUrls: url members that are addresses, in order and however deep', () => {
  const data = {
    '@id': 'http://h/id',
    url: 'http://h/1',
    sameAs: ['http://h/same'],
    '@graph': [{ url: ['https://h/2', 3, 'ftp://h/x', null] }, { image: { url: 'HTTP://h/3' } }, 'http://h/text'],
    publisher: { url: { url: 'http://h/4' } },
  };
  assert.deepEqual(jsonLdUrls(JSON.stringify(data)), ['http://h/1', 'https://h/2', 'HTTP://h/3', 'http://h/4']);
  assert.deepEqual(jsonLdUrls('[{"__proto__": {"url": "http://h/5"}}]'), ['http://h/5']);
});

test('jsonLdUrls: what is no JSON, or says nothing', () => {
  for (const text of ['', '{', '<!-- {} -->', 'null', '3', '"http://h/"', '[]', '{"url": "/relative"}']) {
    assert.deepEqual(jsonLdUrls(text), [], text);
  }
});

test('jsonLdUrls: deep nesting', () => {
  const depth = 50_000;
  assert.deepEqual(jsonLdUrls(`${'['.repeat(depth)}{"url":"http://h/"}${']'.repeat(depth)}`), ['http://h/']);
});
