import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainKey, urlKey, writtenKey } from './key.ts';
import { withoutMarks } from './parameters.ts';

const TABLE: readonly (readonly [string, string])[] = [
  ['http://a.test/', 'http://a.test/'],
  ['http://a.test/?utm_source=x', 'http://a.test/'],
  ['http://a.test/?a=1&utm_source=x&b=2', 'http://a.test/?a=1&b=2'],
  ['http://a.test/?UTM_Campaign=x&a', 'http://a.test/?a'],
  ['http://a.test/p?gclid=1&fbclid=2&msclkid=3', 'http://a.test/p'],
  ['http://a.test/p;jsessionid=A1B2?x=1', 'http://a.test/p?x=1'],
  ['http://a.test/p;jsessionid=A1B2/q', 'http://a.test/p/q'],
  ['http://a.test/p;v=1;jsessionid=A', 'http://a.test/p;v=1'],
  ['http://a.test/?PHPSESSID=0a1b2c&id=3', 'http://a.test/?id=3'],
  ['http://a.test/?ASPSESSIONIDABCD=1', 'http://a.test/'],
  ['http://a.test/?sid=0123456789abcdef0123', 'http://a.test/'],
  ['http://a.test/?sid=7', 'http://a.test/?sid=7'],
  ['http://a.test/?s=how+to+crawl', 'http://a.test/?s=how+to+crawl'],
  ['http://a.test/?s=internationalisation', 'http://a.test/?s=internationalisation'],
  ['http://a.test/?b=2&a=1&&c', 'http://a.test/?b=2&a=1&&c'],
  ['http://a.test/?sidney=0123456789abcdef0123', 'http://a.test/?sidney=0123456789abcdef0123'],
  ['http://a.test/?x=utm_source', 'http://a.test/?x=utm_source'],
];

test('withoutMarks: drops what says who asks, and nothing else', () => {
  for (const [url, expected] of TABLE) {
    assert.equal(withoutMarks(url), expected, url);
    assert.equal(withoutMarks(expected), expected, 'twice changes nothing');
  }
});

test('urlKey, writtenKey: are without marks; plainKey keeps them', () => {
  for (const [url, expected] of TABLE) {
    assert.equal(urlKey(url), expected, url);
    assert.equal(writtenKey(url), expected, url);
    assert.equal(plainKey(url), url, url);
  }
  assert.equal(urlKey('HTTP://A.test:80/%7Eu?utm_source=x#f'), 'http://a.test/~u');
});
