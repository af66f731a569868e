import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasLimits, withFewDescriptors } from '../../test/helpers/no-descriptors.ts';
import { systemClock } from '../base/clock.ts';
import { createLookup, firstOrBoth, parseHosts } from './lookup.ts';

test('createLookup: localhost is loopback, whatever the spelling, and no server is asked', async () => {
  const { lookup, close } = createLookup(systemClock, 1000);
  for (const name of ['localhost', 'LOCALHOST.', 'a.localhost']) {
    const found = await lookup(name);
    assert.ok(found.length > 0);
    for (const { address } of found) assert.match(address, /^(127\.|::1$)/);
  }
  close();
});

test('createLookup: where no file can be opened no name is said to be missing, and none is forgotten', {
  skip: !hasLimits,
}, async () => {
  const url = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  const said = await withFewDescriptors(
    60,
    `
    import { systemClock } from ${url('../base/clock.ts')};
    import { DnsCache } from ${url('./dns.ts')};
    import { createLookup } from ${url('./lookup.ts')};
    const { lookup, close } = createLookup(systemClock, 2000);
    const dns = new DnsCache(lookup, systemClock, 2000);
    const ask = async (name) => {
      const { failure, addresses } = await dns.resolve(name);
      console.log(name, failure?.code ?? addresses.length > 0, ...(failure?.detail.split(' ').slice(0, 1) ?? []));
    };
    useUp();
    await ask('localhost');
    await ask('no-such-name.localdomain.invalid');
    giveBack();
    await ask('localhost');
    close();
  `,
  );
  assert.deepEqual(said.trim().split('\n'), [
    'localhost machine EMFILE',
    'no-such-name.localdomain.invalid machine EMFILE',
    'localhost true',
  ]);
});

test('parseHosts: reads names of several lines, without comments', () => {
  const hosts = parseHosts('# x\n127.0.0.1 localhost a.test # b.test\r\n\n::1\tlocalhost\n10.0.0.1  A.test\nbroken\n');
  assert.deepEqual(hosts.get('localhost'), ['127.0.0.1', '::1']);
  assert.deepEqual(hosts.get('a.test'), ['127.0.0.1', '10.0.0.1']);
  assert.equal(hosts.has('b.test'), false);
  assert.equal(hosts.has('__proto__'), false);
});

const failing = (code: string): Promise<never> => Promise.reject(Object.assign(new Error(code), { code }));

test('firstOrBoth: gives both families', async () => {
  assert.deepEqual(await firstOrBoth(systemClock, [Promise.resolve([6]), Promise.resolve([4])]), [6, 4]);
});

test('firstOrBoth: one family is enough where the other fails or is late', async () => {
  assert.deepEqual(await firstOrBoth(systemClock, [failing('ENODATA'), Promise.resolve([4])]), [4]);
  assert.deepEqual(await firstOrBoth(systemClock, [new Promise<number[]>(() => undefined), Promise.resolve([4])]), [4]);
});

test('firstOrBoth: where both fail, trouble is told before absence', async () => {
  for (const families of [
    [failing('ENODATA'), failing('ESERVFAIL')],
    [failing('ESERVFAIL'), failing('ENODATA')],
  ]) {
    await assert.rejects(firstOrBoth(systemClock, families), { code: 'ESERVFAIL' });
  }
});
