import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { ask, bodyText, fetcherFor, rawServer, until } from '../../test/helpers/raw-server.ts';
import { TRANSPORTS } from '../../test/helpers/transports.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';

for (const { name: transport, isShared, serve, fetcherFor } of TRANSPORTS) {
  test(`fetch over ${transport}: gives the response as it came`, async () => {
    const head = 'HTTP/1.1 200 Fine \xe9\r\nX-b: 1\r\nx-B: 2\r\n__proto__: z\r\nContent-Length: 5\r\n\r\n';
    await using server = await serve(() => `${head}hello`);
    await using fetcher = fetcherFor();
    const outcome = await ask(fetcher, `${server.url}a?b`);
    assert.equal(outcome.error, null);
    assert.equal(outcome.status, 200);
    assert.equal(outcome.url, `${server.url}a?b`);
    assert.equal(bodyText(outcome), 'hello');
    assert.equal(outcome.rawBody, outcome.body);
    assert.equal(outcome.responseHead, head);
    assert.deepEqual(outcome.headers, ['X-b', '1', 'x-B', '2', '__proto__', 'z', 'Content-Length', '5']);
    assert.equal(outcome.requestHead, server.requests[0]!.head);
    assert.equal(outcome.remoteAddress, '127.0.0.1');
    assert.equal(outcome.wireBytes, head.length + 5);
    assert.ok(outcome.startedAt > 0 && outcome.firstByteMs > 0 && outcome.elapsedMs >= outcome.firstByteMs);
  });

  test(`fetch over ${transport}: does not follow redirects`, async () => {
    await using server = await serve(() => 'HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n');
    await using fetcher = fetcherFor();
    assert.equal((await ask(fetcher, server.url)).status, 302);
    assert.equal(server.requests.length, 1);
  });

  test(`fetch over ${transport}: HEAD has no body whatever the headers say`, async () => {
    await using server = await serve(() => 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n');
    await using fetcher = fetcherFor();
    const outcome = await ask(fetcher, server.url, 'HEAD');
    assert.deepEqual([outcome.status, outcome.error, outcome.body.length], [200, null, 0]);
    assert.match(server.requests[0]!.head, /^HEAD \/ HTTP\/1\.1\r\n/);
  });

  test(`fetch over ${transport}: one connection serves one request after the other`, async () => {
    await using server = await serve(() => OK);
    await using fetcher = fetcherFor();
    for (let n = 0; n < 5; n += 1) assert.equal(bodyText(await ask(fetcher, server.url)), 'hello');
    assert.equal(server.connections, 1);
    assert.deepEqual(fetcher.connections, { open: 1, opened: 1, reused: 4, replayed: 0 });
  });

  test(`fetch over ${transport}: what ends before its answer on a connection that was used before is asked once more, without a word`, async () => {
    await using server = await serve((socket, _head, request) => {
      if (request !== 2) return OK;
      socket.destroy();
      return null;
    });
    await using fetcher = fetcherFor();
    await ask(fetcher, server.url);
    const outcome = await ask(fetcher, server.url);
    assert.deepEqual([outcome.status, outcome.error, bodyText(outcome)], [200, null, 'hello']);
    assert.deepEqual(fetcher.connections, { open: isShared ? 2 : 1, opened: 2, reused: 1, replayed: 1 });
  });

  test(`fetch over ${transport}: a signal ends all that is in flight under it, and nothing else`, async () => {
    await using server = await serve((_socket, head) => (head.includes('/slow') ? null : OK));
    await using fetcher = fetcherFor();
    const abort = new AbortController();
    const slow = Array.from({ length: 20 }, (_, n) =>
      fetcher.fetch({ url: `${server.url}slow${n}`, method: 'GET' }, abort.signal),
    );
    const other = fetcher.fetch({ url: `${server.url}slow-other`, method: 'GET' }, new AbortController().signal);
    await until(() => server.requests.length === 21);
    abort.abort();
    for (const outcome of await Promise.all(slow)) assert.equal(outcome.error, 'aborted');
    await until(() => server.sockets.size === 1);
    assert.equal(fetcher.connections.open, isShared ? 21 : 1);
    await fetcher.close();
    assert.equal((await other).error, 'aborted');
    assert.equal(fetcher.connections.open, 0);
  });

  test(`fetch over ${transport}: many requests under one signal add one listener`, async () => {
    await using server = await serve(() => OK);
    await using fetcher = fetcherFor();
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    };
    for (let n = 0; n < 3; n += 1) await fetcher.fetch({ url: server.url, method: 'GET' }, signal);
    assert.equal(listeners, 1);
  });

  test(`fetch over ${transport}: a closed fetcher asks for nothing`, async () => {
    await using server = await serve(() => OK);
    const fetcher = fetcherFor();
    await ask(fetcher, server.url);
    await fetcher.close();
    assert.equal((await ask(fetcher, server.url)).error, 'aborted');
    assert.equal(server.requests.length, 1);
  });

  test(`fetch over ${transport}: the guard refuses loopback unless a root names it`, async () => {
    await using server = await serve(() => OK);
    await using strict = fetcherFor({ allowPrivate: false });
    assert.equal((await ask(strict, server.url)).refused, 'address');
    await using named = fetcherFor({ allowPrivate: false, allowedHosts: ['127.0.0.1'] });
    assert.equal((await ask(named, server.url)).status, 200);
  });

  test(`fetch over ${transport}: a name is refused for the address that it resolves to, and the connection goes to the one that was seen`, async () => {
    await using server = await serve(() => OK);
    let lookups = 0;
    const lookup = (): Promise<{ address: string; ttlMs: number }[]> => {
      lookups += 1;
      return Promise.resolve([{ address: '127.0.0.1', ttlMs: 60_000 }]);
    };
    const url = `http://rebound.test:${server.port}/`;
    await using strict = fetcherFor({ allowPrivate: false, lookup });
    const outcome = await ask(strict, url);
    assert.deepEqual([outcome.refused, outcome.error, outcome.status], ['address', null, 0]);
    assert.equal(server.connections, 0);
    await using named = fetcherFor({
      allowPrivate: false,
      allowedAddresses: new Map([['rebound.test', ['127.0.0.1']]]),
      lookup,
    });
    assert.equal((await ask(named, url)).status, 200);
    assert.equal((await ask(named, url)).remoteAddress, '127.0.0.1');
    assert.match(server.requests[0]!.head, new RegExp(`\r\nHost: rebound\\.test:${server.port}\r\n`));
    assert.equal(lookups, 2);
  });

  test(`fetch over ${transport}: a body is decoded, and kept as it came`, async () => {
    const { gzipSync } = await import('node:zlib');
    const coded = gzipSync('hello').toString('latin1');
    await using server = await serve(
      () => `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${coded.length}\r\n\r\n${coded}`,
    );
    await using fetcher = fetcherFor();
    const outcome = await ask(fetcher, server.url);
    assert.equal(bodyText(outcome), 'hello');
    assert.equal(Buffer.from(outcome.rawBody).toString('latin1'), coded);
  });
}

test('fetch: a request is sent once it is handed to the system, so that a delay is measured from there', async (context) => {
  const handedOver: number[] = [];
  const { write } = Socket.prototype;
  context.mock.method(Socket.prototype, 'write', function (this: Socket, ...given: Parameters<Socket['write']>) {
    const isWritten = write.apply(this, given);
    if (String(given[0]).startsWith('GET ')) handedOver.push(performance.timeOrigin + performance.now());
    return isWritten;
  });
  await using server = await rawServer(() => OK);
  await using fetcher = fetcherFor();
  // On a new connection, and on one that is kept.
  for (const path of ['a', 'b']) {
    const { sentAt } = await ask(fetcher, `${server.url}${path}`);
    assert.ok(sentAt >= handedOver.pop()!, path);
  }
});

test('fetch: the connection used last is used first', async () => {
  await using server = await rawServer(() => OK);
  await using fetcher = fetcherFor();
  await Promise.all([ask(fetcher, server.url), ask(fetcher, server.url), ask(fetcher, server.url)]);
  const last = server.requests.at(-1)!.connection;
  await ask(fetcher, server.url);
  await ask(fetcher, server.url);
  assert.deepEqual(
    server.requests.slice(3).map(({ connection }) => connection),
    [last, last],
  );
});

for (const [name, response] of [
  ['Connection: close', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello'],
  ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello'],
  ['Keep-Alive: timeout=0', 'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=0\r\nContent-Length: 5\r\n\r\nhello'],
  ['a body longer than its length', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello world'],
  ['a bare line feed', 'HTTP/1.1 200 OK\nContent-Length: 5\r\n\r\nhello'],
  ['a 204 with a body', 'HTTP/1.1 204 No Content\r\n\r\nhello'],
] as const) {
  test(`fetch: after ${name} the connection is not used again`, async () => {
    await using server = await rawServer(() => response);
    await using fetcher = fetcherFor();
    for (let n = 1; n <= 2; n += 1) {
      const outcome = await ask(fetcher, server.url);
      assert.equal(outcome.error, null);
      assert.equal(bodyText(outcome), outcome.status === 204 ? '' : 'hello');
      assert.equal(server.requests.at(-1)!.connection, n);
    }
    assert.equal(fetcher.connections.open, 0);
  });
}

test('fetch: an idle connection on which bytes arrive is dropped', async () => {
  await using server = await rawServer(() => OK);
  await using fetcher = fetcherFor();
  await ask(fetcher, server.url);
  for (const socket of server.sockets) socket.write('surprise');
  await until(() => fetcher.connections.open === 0);
  assert.equal((await ask(fetcher, server.url)).status, 200);
  assert.equal(server.connections, 2);
});

test('fetch: an idle connection that the server closes is dropped', async () => {
  await using server = await rawServer(() => OK);
  await using fetcher = fetcherFor();
  await ask(fetcher, server.url);
  for (const socket of server.sockets) socket.end();
  await until(() => fetcher.connections.open === 0);
});

test('fetch: a request is replayed once and on a new connection alone', async () => {
  await using server = await rawServer((socket, _head, request) => {
    if (request === 1) return OK;
    socket.resetAndDestroy();
    return null;
  });
  await using fetcher = fetcherFor();
  await ask(fetcher, server.url);
  assert.equal((await ask(fetcher, server.url)).error, 'reset');
  assert.equal(server.requests.length, 3);
  assert.equal((await ask(fetcher, server.url)).error, 'reset');
  assert.equal(server.requests.length, 4);
});

test('fetch: a refused connection is an outcome', async () => {
  const server = await rawServer(() => OK);
  await server[Symbol.asyncDispose]();
  await using fetcher = fetcherFor();
  const outcome = await ask(fetcher, server.url);
  assert.deepEqual([outcome.status, outcome.error, outcome.remoteAddress, outcome.requestHead], [0, 'refused', '', '']);
});

test('fetch: rests of an earlier response are not taken for this one', async () => {
  await using server = await rawServer((_socket, _head, request) => (request === 2 ? '</html>' : OK));
  await using fetcher = fetcherFor();
  await ask(fetcher, server.url);
  assert.equal((await ask(fetcher, server.url)).status, 200);
  assert.equal(fetcher.connections.replayed, 1);
});
