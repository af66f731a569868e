import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';
import { createBypass } from './bypass.ts';

function passes(list: string, hostname: string, port = 80): boolean {
  return createBypass(list)({ hostname, isAddress: isIP(hostname) !== 0, port });
}

test('createBypass: a name stands for itself and its subdomains, not for what only ends like it', () => {
  for (const entry of ['example.com', '.example.com', 'EXAMPLE.com.', 'a.test, example.com', 'a.test example.com']) {
    assert.ok(passes(entry, 'example.com') && passes(entry, 'www.example.com') && passes(entry, 'example.com.'), entry);
    assert.ok(!passes(entry, 'badexample.com') && !passes(entry, 'example.com.evil.test'), entry);
  }
});

test('createBypass: addresses are compared as numbers, and networks hold addresses', () => {
  assert.ok(passes('127.0.0.1', '127.0.0.1') && !passes('127.0.0.1', '127.0.0.10'));
  assert.ok(passes('::1', '::1') && passes('[0:0::1]', '::1') && !passes('::1', '::2'));
  assert.ok(passes('10.0.0.0/8', '10.9.8.7') && !passes('10.0.0.0/8', '11.0.0.1') && !passes('10.0.0.0/8', '::1'));
  assert.ok(passes('fd00::/8', 'fd12::1') && !passes('fd00::/8', 'fe80::1'));
  assert.ok(!passes('10.0.0.0/99', '10.0.0.1') && !passes('10.0.0.0/8', '10.0.0.1.nip.test'));
  assert.ok(!passes('1', '127.0.0.1'));
});

test('createBypass: a port limits an entry; the star alone is every host, and an empty list none', () => {
  assert.ok(passes('a.test:81', 'a.test', 81) && !passes('a.test:81', 'a.test', 80));
  assert.ok(passes('[::1]:81', '::1', 81) && !passes('[::1]:81', '::1', 80));
  assert.ok(passes('*', 'a.test') && passes('x, *', 'a.test') && !passes('*.a.test', 'a.test'));
  assert.ok(
    passes('*.a.test', 'b.a.test') && passes('*.a.test:81', 'b.a.test', 81) && !passes('*.a.test:81', 'b.a.test'),
  );
  assert.ok(passes('münchen.test', 'www.xn--mnchen-3ya.test'));
  for (const list of ['', ' , ', ',']) assert.ok(!passes(list, 'a.test'));
});
