import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Clock, systemClock } from '../../base/clock.ts';
import {
  DNS_ADDRESSES_MAX,
  DNS_CACHE_ENTRIES_MAX,
  DNS_NEGATIVE_MS,
  DNS_TTL_MAX_MS,
  DNS_TTL_MIN_MS,
} from '../../base/limits.ts';
import { DnsCache, interleaved, type Lookup } from './dns.ts';

function movedClock(): Clock & { nowMs: number } {
  return {
    ...systemClock,
    nowMs: 0,
    now() {
      return this.nowMs;
    },
  };
}

function counted(answer: (hostname: string) => ReturnType<Lookup>): Lookup & { names: string[] } {
  const names: string[] = [];
  return Object.assign(
    (hostname: string) => {
      names.push(hostname);
      return answer(hostname);
    },
    { names },
  );
}

const failing = (code: string): Promise<never> => Promise.reject(Object.assign(new Error(`query ${code}`), { code }));
const one =
  (ttlMs: number): Lookup =>
  () =>
    Promise.resolve([{ address: '192.0.2.1', ttlMs }]);

test('DnsCache: lookups of one name under way are one', async () => {
  const lookup = counted(one(60_000));
  const dns = new DnsCache(lookup, systemClock, 1000);
  const entries = await Promise.all([dns.resolve('a.test'), dns.resolve('a.test'), dns.resolve('b.test')]);
  assert.equal(entries[0], entries[1]);
  assert.deepEqual(lookup.names, ['a.test', 'b.test']);
  assert.equal(dns.known('a.test'), entries[0]);
});

for (const [ttlMs, livesMs] of [
  [0, DNS_TTL_MIN_MS],
  [100_000, 100_000],
  [10 * DNS_TTL_MAX_MS, DNS_TTL_MAX_MS],
] as const) {
  test(`DnsCache: a record of ${ttlMs} ms is remembered for ${livesMs}`, async () => {
    const clock = movedClock();
    const dns = new DnsCache(one(ttlMs), clock, 1000);
    await dns.resolve('a.test');
    clock.nowMs = livesMs - 1;
    assert.notEqual(dns.known('a.test'), null);
    clock.nowMs = livesMs;
    assert.equal(dns.known('a.test'), null);
  });
}

for (const [code, expected, remembered] of [
  ['ENOTFOUND', 'dns-not-found', true],
  ['ENODATA', 'dns-not-found', true],
  ['ESERVFAIL', 'dns-failure', false],
  ['ETIMEOUT', 'dns-failure', false],
  ['EREFUSED', 'dns-failure', false],
  ['EBADRESP', 'dns-failure', false],
  ['EAI_AGAIN', 'dns-failure', false],
] as const) {
  test(`DnsCache: ${code} is ${expected}, ${remembered ? 'remembered for a while' : 'and asked again'}`, async () => {
    const clock = movedClock();
    const lookup = counted(() => failing(code));
    const dns = new DnsCache(lookup, clock, 1000);
    const { failure, addresses } = await dns.resolve('a.test');
    assert.equal(failure?.code, expected);
    assert.match(failure.detail, new RegExp(`^${code} `));
    assert.deepEqual(addresses, []);
    clock.nowMs = DNS_NEGATIVE_MS - 1;
    await dns.resolve('a.test');
    assert.equal(lookup.names.length, remembered ? 1 : 2);
    clock.nowMs = DNS_NEGATIVE_MS;
    await dns.resolve('a.test');
    assert.equal(lookup.names.length, remembered ? 2 : 3);
  });
}

test('DnsCache: a name whose server failed once is had at the next try', async () => {
  const lookup = counted(() => (lookup.names.length === 1 ? failing('ESERVFAIL') : one(60_000)('a.test')));
  const dns = new DnsCache(lookup, movedClock(), 1000);
  const [first, beside] = await Promise.all([dns.resolve('a.test'), dns.resolve('a.test')]);
  assert.deepEqual([first.failure?.code, beside, lookup.names.length], ['dns-failure', first, 1]);
  assert.deepEqual((await dns.resolve('a.test')).addresses, ['192.0.2.1']);
});

test('DnsCache: an empty answer is told apart from an unknown name', async () => {
  const empty = await new DnsCache(() => Promise.resolve([]), systemClock, 1000).resolve('a.test');
  assert.deepEqual(empty.failure, { code: 'dns-not-found', detail: 'ENODATA a.test exists and has no addresses' });
});

test('DnsCache: an answer with 10,000 addresses is cut', async () => {
  const many = Array.from({ length: 10_000 }, (_, n) => ({ address: `192.0.${n >> 8}.${n & 255}`, ttlMs: 60_000 }));
  const { addresses } = await new DnsCache(() => Promise.resolve(many), systemClock, 1000).resolve('a.test');
  assert.equal(addresses.length, DNS_ADDRESSES_MAX);
});

test('DnsCache: a lookup that never ends is given up', async () => {
  const dns = new DnsCache(() => new Promise(() => undefined), systemClock, 20);
  assert.deepEqual((await dns.resolve('a.test')).failure?.code, 'dns-failure');
});

test('DnsCache: the address that worked is tried first, also after its records were renewed', async () => {
  const clock = movedClock();
  const lookup: Lookup = () =>
    Promise.resolve(['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((address) => ({ address, ttlMs: 0 })));
  const dns = new DnsCache(lookup, clock, 1000);
  const entry = await dns.resolve('a.test');
  dns.worked('a.test', '192.0.2.3');
  dns.worked('a.test', '192.0.2.9');
  assert.deepEqual(entry.addresses, ['192.0.2.3', '192.0.2.1', '192.0.2.2']);
  clock.nowMs = DNS_TTL_MAX_MS;
  assert.deepEqual((await dns.resolve('a.test')).addresses, ['192.0.2.3', '192.0.2.1', '192.0.2.2']);
});

test('DnsCache: forgets the oldest names beyond its bound', async () => {
  const dns = new DnsCache(one(60_000), systemClock, 60_000);
  for (let n = 0; n <= DNS_CACHE_ENTRIES_MAX; n += 1) await dns.resolve(`h${n}.test`);
  assert.equal(dns.known('h0.test'), null);
  assert.notEqual(dns.known('h1.test'), null);
});

test('interleaved: takes the families by turns, IPv6 first', () => {
  assert.deepEqual(interleaved(['1.1.1.1', '1.1.1.2', '::1', '1.1.1.3', '::2']), [
    '::1',
    '1.1.1.1',
    '::2',
    '1.1.1.2',
    '1.1.1.3',
  ]);
});
