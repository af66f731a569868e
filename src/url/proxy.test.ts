import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proxyOf } from './proxy.ts';

const partsOf = (text: string): unknown[] | null => {
  const proxy = proxyOf(text);
  return proxy && [proxy.scheme, proxy.hostname, proxy.port, proxy.username, proxy.password, proxy.only];
};

test('proxyOf: reads what curl reads, with its ports', () => {
  assert.deepEqual(partsOf('proxy.test'), ['http', 'proxy.test', 1080, '', '', null]);
  assert.deepEqual(partsOf('http://Proxy.test:80/'), ['http', 'proxy.test', 80, '', '', null]);
  assert.deepEqual(partsOf('https://proxy.test'), ['https', 'proxy.test', 443, '', '', null]);
  assert.deepEqual(partsOf('socks5://a:b@10.0.0.1:9'), ['socks5', '10.0.0.1', 9, 'a', 'b', null]);
  assert.deepEqual(partsOf('SOCKS5H://u%40x:p%3a%25@[::1]'), ['socks5h', '::1', 1080, 'u@x', 'p:%', null]);
  assert.deepEqual(partsOf('https=http://a@b.test:3128'), ['http', 'b.test', 3128, 'a', '', 'https']);
});

test('proxyOf: a percent sign, a colon and an at in a password are as they are typed', () => {
  assert.deepEqual(partsOf('http://u:100%@p:1@proxy.test:8')?.slice(3, 5), ['u', '100%@p:1']);
});

test('proxyOf: what is no proxy is refused', () => {
  const long = 'x'.repeat(256);
  for (const text of ['', 'socks4://a', 'ftp://a', 'http://', 'http://a:0', 'http://a:70000', 'a/b', 'http://a/path?x'])
    assert.equal(proxyOf(text), null, text);
  for (const text of [`socks5://${long}:x@a`, 'http://a%0d%0ab:x@a', 'http://a b', 'ws=http://a'])
    assert.equal(proxyOf(text), null, text);
});

test('proxyOf: its label has no password', () => {
  assert.equal(proxyOf('socks5h://me:secret@[::1]:99')!.label, 'socks5h://[::1]:99');
});
