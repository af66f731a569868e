import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ORIGINS_CACHED_MAX } from '../../base/limits.ts';
import { Origins } from './origins.ts';

const TABLE: readonly (readonly [string, string, string, number, string])[] = [
  ['http://a.test/', 'http://a.test', 'a.test', 80, '/'],
  ['http://a.test/x?y=1', 'http://a.test', 'a.test', 80, '/x?y=1'],
  ['http://a.test/x/../y', 'http://a.test', 'a.test', 80, '/y'],
  ['http://a.test:8080/x', 'http://a.test:8080', 'a.test', 8080, '/x'],
  ['https://a.test:443/x', 'https://a.test', 'a.test', 443, '/x'],
  ['http://a.test', 'http://a.test', 'a.test', 80, '/'],
  ['http://a.test?q=/x', 'http://a.test', 'a.test', 80, '/?q=/x'],
  ['HTTP://A.test/x', 'http://a.test', 'a.test', 80, '/x'],
  ['http://good@evil.test/x', 'http://evil.test', 'evil.test', 80, '/x'],
  ['http://2130706433/x', 'http://127.0.0.1', '127.0.0.1', 80, '/x'],
  ['http://0x7f.1/x', 'http://127.0.0.1', '127.0.0.1', 80, '/x'],
  ['http://[::1]:81/x', 'http://[::1]:81', '::1', 81, '/x'],
  ['http://a.test/x y', 'http://a.test', 'a.test', 80, '/x%20y'],
  ['http://a.test/é', 'http://a.test', 'a.test', 80, '/%C3%A9'],
  ['http://a.test/x#y', 'http://a.test', 'a.test', 80, '/x'],
  ['http://bücher.test/', 'http://xn--bcher-kva.test', 'xn--bcher-kva.test', 80, '/'],
];

for (const [url, key, hostname, port, path] of TABLE) {
  test(`Origins.target: splits ${url}`, () => {
    const target = new Origins(() => null).target(url)!;
    assert.deepEqual(
      [target.origin.key, target.origin.hostname, target.origin.port, target.path],
      [key, hostname, port, path],
    );
  });
}

test('Origins.target: asks for a path exactly as it stands once the origin is known', () => {
  const origins = new Origins(() => null);
  const first = origins.target('http://a.test/')!;
  const second = origins.target('http://a.test/x/%7Ey|"{}?[z]')!;
  assert.equal(second.origin, first.origin);
  assert.equal(second.path, '/x/%7Ey|"{}?[z]');
});

test('Origins.target: lets no line break into a path', () => {
  const origins = new Origins(() => null);
  origins.target('http://a.test/');
  assert.equal(origins.target('http://a.test/x\r\nHost: b')!.path, '/xHost:%20b');
});

test('Origins.target: is null for other schemes and for what is no URL', () => {
  const origins = new Origins(() => null);
  for (const url of [
    'ftp://a.test/',
    'file:///etc/passwd',
    'javascript:1',
    'data:,x',
    '/x',
    '',
    'http://[fe80::1%25eth0]/',
  ]) {
    assert.equal(origins.target(url), null, url);
  }
});

test('Origins.target: forgets the oldest origin beyond the bound', () => {
  const origins = new Origins(() => null);
  const first = origins.target('http://first.test/')!.origin;
  for (let n = 0; n < ORIGINS_CACHED_MAX; n += 1) origins.target(`http://h${n}.test/`);
  assert.notEqual(origins.target('http://first.test/')!.origin, first);
});
