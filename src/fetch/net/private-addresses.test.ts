import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { LOOKUPS_AT_ONCE_MAX } from '../../base/limits.ts';
import { DnsCache, type Lookup } from './dns.ts';
import { privateAddresses } from './private-addresses.ts';

const HOUR_MS = 3_600_000;
const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  'public.test': ['93.184.216.34', '2606:2800:220:1::1'],
  'both.test': ['10.0.0.1', '93.184.216.34', 'fd00::1'],
  'metadata.test': ['169.254.169.254'],
};

const lookup: Lookup = async (hostname) => {
  if (hostname === 'silent.test') await new Promise(() => undefined);
  const addresses = ADDRESSES[hostname];
  const code = hostname === 'nobody.test' ? 'ENOTFOUND' : 'ESERVFAIL';
  if (addresses === undefined) throw Object.assign(new Error(code), { code });
  return addresses.map((address) => ({ address, ttlMs: HOUR_MS }));
};

test('privateAddresses: those that are private, none of a name that does not exist, and null where no answer was had', async () => {
  const names = ['public.test', 'both.test', 'metadata.test', 'nobody.test', 'broken.test'];
  const dns = new DnsCache(lookup, systemClock, HOUR_MS);
  assert.deepEqual(Object.fromEntries(await privateAddresses(dns, systemClock, names, HOUR_MS)), {
    'public.test': [],
    'both.test': ['fd00::1', '10.0.0.1'],
    'metadata.test': ['169.254.169.254'],
    'nobody.test': [],
    'broken.test': null,
  });
});

test('privateAddresses: what does not come in time is null, and keeps nothing else from being known', async () => {
  const dns = new DnsCache(lookup, systemClock, 500);
  const found = await privateAddresses(dns, systemClock, ['silent.test', 'metadata.test'], 20);
  assert.deepEqual(
    [...found],
    [
      ['silent.test', null],
      ['metadata.test', ['169.254.169.254']],
    ],
  );
});

test('privateAddresses: many names are asked a few at a time', async () => {
  let most = 0;
  let underWay = 0;
  const counted: Lookup = async () => {
    underWay += 1;
    most = Math.max(most, underWay);
    await new Promise(setImmediate);
    underWay -= 1;
    return [{ address: '10.0.0.1', ttlMs: HOUR_MS }];
  };
  const names = Array.from({ length: 5 * LOOKUPS_AT_ONCE_MAX }, (_, n) => `h${n}.test`);
  const found = await privateAddresses(new DnsCache(counted, systemClock, HOUR_MS), systemClock, names, HOUR_MS);
  assert.equal(most, LOOKUPS_AT_ONCE_MAX);
  assert.ok([...found.values()].every((addresses) => addresses?.[0] === '10.0.0.1'));
});
