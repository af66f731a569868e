import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPublicAddress } from './address.ts';

const PUBLIC = ['1.1.1.1', '93.184.216.34', '2606:4700::1111', '64:ff9b::101:101', '2002:101:101::1', '::ffff:8.8.8.8'];

const PRIVATE = [
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.0.9',
  '169.254.169.254',
  '172.16.0.1',
  '192.168.1.1',
  '192.0.2.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::7f00:1',
  '::ffff:127.0.0.1',
  '::ffff:0:127.0.0.1',
  '64:ff9b::127.0.0.1',
  '64:ff9b::a9fe:a9fe',
  '2002:7f00:1::1',
  '2002:c0a8:101::',
  '2001::1',
  '2001:db8::1',
  'fc00::1',
  'fe80::1',
  'fe80::1%eth0',
  '2606:4700::1111%eth0',
  'fec0::1',
  'ff02::1',
  '4000::1',
  'localhost',
  '',
];

for (const address of PUBLIC) {
  test(`isPublicAddress: ${address} is public`, () => assert.equal(isPublicAddress(address), true));
}
for (const address of PRIVATE) {
  test(`isPublicAddress: '${address}' is not`, () => assert.equal(isPublicAddress(address), false));
}
