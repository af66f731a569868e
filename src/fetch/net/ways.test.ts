import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { missingLoopback } from '../../../test/helpers/loopback.ts';
import { ask, bodyText, fetcherFor, rawServer } from '../../../test/helpers/raw-server.ts';
import { USUAL_WAYS } from './ways.ts';

const STRICT = { allowPrivate: false, lookup: () => Promise.resolve([{ address: '127.0.0.1', ttlMs: 60_000 }]) };
const home = mkdtempSync(join(tmpdir(), 'gossamer-ways-'));
after(() => rmSync(home, { recursive: true }));
const secondMissing = await missingLoopback('127.0.0.2');

/** Answers with the address that it was called from. */
const whence = (socket: unknown): string => {
  const { remoteAddress = '' } = socket as Socket;
  return `HTTP/1.1 200 OK\r\nContent-Length: ${remoteAddress.length}\r\n\r\n${remoteAddress}`;
};

test('fetch: a typed address is used and allowed for its host and port alone', async () => {
  await using server = await rawServer(whence);
  await using other = await rawServer(whence);
  const { port } = server;
  const typed = [
    { hostname: 'a.test', port, addresses: ['127.0.0.1'] },
    { hostname: '192.0.2.7', port, addresses: ['127.0.0.1'] },
    { hostname: 'two.test', port, addresses: ['::1', '127.0.0.1'] },
  ];
  await using fetcher = fetcherFor({ ...STRICT, ways: { ...USUAL_WAYS, typed } });
  for (const host of ['a.test', 'A.test.', '192.0.2.7', 'two.test'])
    assert.equal((await ask(fetcher, `http://${host}:${port}/`)).status, 200, host);
  for (const url of [`http://a.test:${other.port}/`, `http://b.test:${port}/`, `http://127.0.0.1:${port}/`])
    assert.equal((await ask(fetcher, url)).refused, 'address', url);
});

test('fetch: * is every host at that port, and the own entry of a host wins', async () => {
  await using server = await rawServer(whence);
  const { port } = server;
  const typed = [
    { hostname: 'gone.test', port, addresses: ['127.0.0.1'] },
    { hostname: '*', port, addresses: ['127.0.0.1'] },
    { hostname: 'gone.test', port, addresses: ['::1'] },
  ];
  const ways = { ...USUAL_WAYS, typed, family: 4 } as const;
  await using fetcher = fetcherFor({ ...STRICT, ways });
  assert.equal((await ask(fetcher, `http://any.test:${port}/`)).status, 200);
  const gone = await ask(fetcher, `http://gone.test:${port}/`);
  assert.deepEqual([gone.error, gone.detail], ['dns-not-found', 'gone.test is at ::1, and only IPv4 is wanted']);
});

test('fetch: only addresses of the wanted family are called', async () => {
  await using server = await rawServer(whence);
  const both = ['::1', '127.0.0.1'].map((address) => ({ address, ttlMs: 60_000 }));
  const of = (family: 4 | 6) => fetcherFor({ lookup: async () => both, ways: { ...USUAL_WAYS, family } });
  await using four = of(4);
  assert.equal((await ask(four, `http://a.test:${server.port}/`)).remoteAddress, '127.0.0.1');
  assert.equal(four.connections.opened, 1);
  await using six = of(6);
  const wrong = await ask(six, `http://127.0.0.1:${server.port}/`);
  assert.deepEqual(
    [wrong.error, wrong.detail],
    ['dns-not-found', '127.0.0.1 is no IPv6 address, and only IPv6 is wanted'],
  );
  const other = await ask(four, `http://[::1]:${server.port}/`);
  assert.deepEqual([other.error, other.detail], ['dns-not-found', '::1 is no IPv4 address, and only IPv4 is wanted']);
  assert.equal(six.connections.opened, 0);
});

test('fetch: connections come from the wanted address', { skip: secondMissing }, async () => {
  await using server = await rawServer(whence);
  await using fetcher = fetcherFor({ ways: { ...USUAL_WAYS, sources: { 4: '127.0.0.2', 6: null } } });
  assert.equal(bodyText(await ask(fetcher, server.url)), '127.0.0.2');
});

test('fetch: a Unix socket takes the place of every address, and none is told', async () => {
  const path = join(home, 'server');
  const heads: string[] = [];
  const server = createServer((socket) => {
    socket.on('data', (bytes) => {
      heads.push(bytes.toString());
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
  }).listen(path);
  await once(server, 'listening');
  const lookup = () => Promise.reject(new Error('nobody is asked'));
  {
    await using fetcher = fetcherFor({ ...STRICT, lookup, ways: { ...USUAL_WAYS, unixSocket: path } });
    const outcome = await ask(fetcher, 'http://a.test/x');
    assert.deepEqual([outcome.status, outcome.remoteAddress, bodyText(outcome)], [200, '', 'ok']);
    assert.match(heads[0]!, /^GET \/x HTTP\/1\.1\r\nHost: a\.test\r\n/);
  }
  server.close();
  await once(server, 'close');
  await using late = fetcherFor({ ways: { ...USUAL_WAYS, unixSocket: path } });
  const outcome = await ask(late, 'http://a.test/x');
  assert.deepEqual([outcome.error, outcome.detail.slice(0, 6)], ['unreachable', 'ENOENT']);
});
