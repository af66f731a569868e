import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPublicAddress } from './address.ts';

const PUBLIC = [
  '1.1.1.1',
  '93.184.216.34',
  '2606:4700::1111',
  '64:ff9b::101:101',
  '2002:101:101::1',
  '::ffff:8.8.8.8',
  '2606:4700::200:5efe:101:101',
  '168.63.129.17',
];

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
  '::ffff:168.63.129.16',
  '::ffff:0.0.0.0',
  '64:ff9b::c612:1',
  '64:ff9b:1::7f00:1',
  '64:ff9b:1::101:101',
  '64:ff9b:1:7f00:0:100:101:101',
  '64:ff9b:1:ffff:ffff:ffff:101:101',
  '2002:a9fe:a9fe::a9fe:a9fe',
  '2002:0:1::1',
  '2001:0:4136:e378:8000:63bf:3fff:fdd2',
  '2606:4700::5efe:7f00:1',
  '2606:4700::200:5efe:10.0.0.1',
  'fe80::5efe:101:101',
  '168.63.129.16',
  '0.1.2.3',
  '100.127.255.255',
  '192.0.0.192',
  '198.19.255.255',
  '198.51.100.1',
  '203.0.113.1',
  '239.255.255.250',
  '240.0.0.1',
  '3fff::1',
  '5f00::1',
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
