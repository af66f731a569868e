import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressIn, typedAddressesOf } from './typed-address.ts';

test('typedAddressesOf: the forms that curl reads', () => {
  const cases: readonly (readonly [text: string, hostname: string, port: number, ...addresses: string[]])[] = [
    ['example.com:443:192.0.2.1', 'example.com', 443, '192.0.2.1'],
    [' +Example.COM.:80:192.0.2.1,[2001:DB8::1],::1 ', 'example.com', 80, '192.0.2.1', '2001:db8::1', '::1'],
    ['*:8443:127.0.0.1', '*', 8443, '127.0.0.1'],
    ['bücher.example:443:[::1]', 'xn--bcher-kva.example', 443, '::1'],
    ['[::1]:80:127.0.0.1', '::1', 80, '127.0.0.1'],
  ];
  for (const [text, hostname, port, ...addresses] of cases)
    assert.deepEqual(typedAddressesOf(text), { hostname, port, addresses }, text);
});

test('typedAddressesOf: what is not in that form', () => {
  for (const text of [
    ...['', 'example.com', 'example.com:443', 'example.com:443:', 'example.com:443:localhost', 'a b:1:127.0.0.1'],
    ...['example.com:0:127.0.0.1', 'example.com:65536:127.0.0.1', 'example.com::127.0.0.1', ':80:127.0.0.1'],
    ...['example.com:80:256.0.0.1', 'example.com:80:127.0.0.1,', 'example.com:80:127.1', 'http://a:80:127.0.0.1'],
    ...['example.com:80:1:2', '*.example.com:80:127.0.0.1', '-example.com:80'],
  ])
    assert.equal(typedAddressesOf(text), null, text);
});

test('addressIn: addresses alone', () => {
  assert.deepEqual(['127.0.0.1', '::1', '[::1]', 'localhost', '1', 'fe80::1%lo', '1.2.3.999', '', ':'].map(addressIn), [
    '127.0.0.1',
    '::1',
    '::1',
    null,
    null,
    null,
    null,
    null,
    null,
  ]);
});
