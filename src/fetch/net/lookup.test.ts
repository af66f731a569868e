import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { hasLimits, withFewDescriptors } from '../../../test/helpers/no-descriptors.ts';
import { systemClock } from '../../base/clock.ts';
import { createLookup, DNS_TRIES, firstOrBoth, parseHosts } from './lookup.ts';

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
    import { systemClock } from ${url('../../base/clock.ts')};
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

/** A server of names on loopback; null answers nothing. `asked` counts the questions of that name and type. */
async function nameServer(answer: (name: string, isIpv6: boolean, asked: number) => 'good' | 'malformed' | null) {
  const socket = createSocket('udp4');
  const counts = new Map<string, number>();
  socket.on('message', (message, { port, address }) => {
    let at = 12;
    const labels: string[] = [];
    for (; message[at] !== 0; at += message[at]! + 1)
      labels.push(message.toString('latin1', at + 1, at + 1 + message[at]!));
    const isIpv6 = message.readUInt16BE(at + 1) === 28;
    const name = labels.join('.');
    const asked = (counts.get(name + isIpv6) ?? 0) + 1;
    counts.set(name + isIpv6, asked);
    const given = answer(name, isIpv6, asked);
    if (given === null) return;
    const head = Buffer.from(message.subarray(0, 12));
    head.writeUInt16BE(0x8180, 2);
    head.writeUInt16BE(1, 6);
    head.writeUInt32BE(0, 8);
    const data = isIpv6
      ? [0, 28, 0, 1, 0, 0, 1, 0, 0, 16, ...Array<number>(15).fill(0), 1]
      : [0, 1, 0, 1, 0, 0, 1, 0, 0, 4, 192, 0, 2, 1];
    // A name that points behind the end of the message.
    const record = given === 'good' ? [0xc0, 12, ...data] : [0xc0, 0xff, ...data];
    socket.send(Buffer.concat([head, message.subarray(12, at + 5), Buffer.from(record)]), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { servers: [`127.0.0.1:${socket.address().port}`], close: () => socket.close() };
}

test('createLookup: an answer that cannot be read fails its own name only', async () => {
  const names = ['a.test', 'b.test', 'c.test'];
  const server = await nameServer((name, isIpv6, asked) => {
    if (name === 'bad.test' || (name === 'half.test' && isIpv6)) return 'malformed';
    // Every question that went over the socket of the malformed answers is still open when these close it.
    return asked > DNS_TRIES ? 'good' : null;
  });
  const { lookup, close } = createLookup(systemClock, 3000, { servers: server.servers });
  const codeOf = (name: string): Promise<unknown> =>
    lookup(name).then(
      (found) => found.some(({ address }) => address === '192.0.2.1'),
      ({ code }: NodeJS.ErrnoException) => code,
    );
  const found = await Promise.all([...names, 'bad.test', 'half.test'].map(codeOf));
  assert.deepEqual(found, [true, true, true, 'EBADRESP', true]);
  close();
  server.close();
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

test('firstOrBoth: answers without an address say that there is none, and not that the server failed', async () => {
  await assert.rejects(firstOrBoth(systemClock, [Promise.resolve([]), Promise.resolve([])]), { code: 'ENODATA' });
  await assert.rejects(firstOrBoth(systemClock, [Promise.resolve([]), failing('ENOTFOUND')]), { code: 'ENOTFOUND' });
  await assert.rejects(firstOrBoth(systemClock, [failing('ESERVFAIL'), Promise.resolve([])]), { code: 'ESERVFAIL' });
});

test('firstOrBoth: where both fail, trouble is told before absence', async () => {
  for (const families of [
    [failing('ENODATA'), failing('ESERVFAIL')],
    [failing('ESERVFAIL'), failing('ENODATA')],
  ]) {
    await assert.rejects(firstOrBoth(systemClock, families), { code: 'ESERVFAIL' });
  }
});
