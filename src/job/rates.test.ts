import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rateOf } from '../options/rates.ts';
import { rateRules } from './rates.ts';

test('rateRules: the rate of all, and for a host that of its most exact name', () => {
  const rules = rateRules({
    rateLimit: ['2MB', '*.a.test=50KB', '1.5 MB/s', 'x.a.test=1000', '[::1]:8080=1k'],
    hosts: { 'b.test': { rateLimit: 7 }, '*.a.test': { rateLimit: 9 } },
  })!;
  const of = (hostname: string, port = 443) =>
    rules.ofHost({ isSecure: true, hostname, isAddress: false, port, route: null });
  assert.equal(rules.bytesPerSecond, 1.5 * 1024 * 1024);
  assert.deepEqual(
    [of('x.a.test'), of('y.a.test'), of('a.test'), of('::1', 8080), of('::1')],
    [1000, 51_200, null, 1024, null],
  );
  assert.equal(rateRules({ rateLimit: [], hosts: null }), undefined);
});

test('rateOf: what is no rate', () => {
  for (const text of ['', 'fast', '0', '-1', '1MB=a.test', 'a b=1MB', '=1MB', 'a.test=', '*.*=1MB'])
    assert.equal(rateOf(text), null, text);
});
