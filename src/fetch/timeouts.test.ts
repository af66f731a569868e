// What a server that is slow, silent or endless costs: each a code of its own, and what came is kept.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blackHole, blackHoleMissing } from '../../test/helpers/black-hole.ts';
import { ask, bodyText, fetcherFor, rawServer, until } from '../../test/helpers/raw-server.ts';
import { TRANSPORTS } from '../../test/helpers/transports.ts';
import { systemClock } from '../base/clock.ts';

const FAST = { timeoutMs: 100 };

for (const { name: transport, serve, fetcherFor } of TRANSPORTS) {
  test(`fetch over ${transport}: a server that accepts and never answers`, async () => {
    await using server = await serve(() => null);
    await using fetcher = fetcherFor(FAST);
    const outcome = await ask(fetcher, server.url);
    assert.deepEqual([outcome.status, outcome.error, outcome.truncated], [0, 'first-byte-timeout', null]);
    assert.ok(outcome.elapsedMs >= 99 && outcome.elapsedMs < 1000, String(outcome.elapsedMs));
    await until(() => server.sockets.size === 0);
  });

  test(`fetch over ${transport}: what broke off before is waited for half as long, or several times as long as is usual`, async () => {
    await using server = await serve(() => null);
    await using fetcher = fetcherFor({ timeoutMs: 1_000 });
    const waited = async (usualMs: number): Promise<string> => {
      const request = { url: server.url, method: 'GET', usualMs } as const;
      return (await fetcher.fetch(request, new AbortController().signal)).detail;
    };
    const told = await Promise.all([20, 180, 2_000].map(waited));
    assert.deepEqual(
      told,
      [500, 720, 1_000].map((ms) => `nothing came for ${ms} ms while waiting`),
    );
  });

  test(`fetch over ${transport}: a server that falls silent within the head`, async () => {
    await using server = await serve(() => 'HTTP/1.1 200 OK\r\nConte');
    await using fetcher = fetcherFor(FAST);
    const outcome = await ask(fetcher, server.url);
    assert.deepEqual([outcome.status, outcome.error, outcome.truncated], [0, 'idle-timeout', null]);
  });

  test(`fetch over ${transport}: a server that falls silent within the body`, async () => {
    await using server = await serve(() => 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello');
    await using fetcher = fetcherFor(FAST);
    const outcome = await ask(fetcher, server.url);
    assert.deepEqual([outcome.status, outcome.error, outcome.truncated], [200, 'idle-timeout', 'time']);
    assert.equal(bodyText(outcome), 'hello');
  });

  test(`fetch over ${transport}: bytes that keep coming keep a response alive beyond the timeout`, async () => {
    await using server = await serve((socket) => {
      let sent = 0;
      const drip = systemClock.every(20, () => {
        sent += 1;
        socket.write('x');
        if (sent === 20) drip.cancel();
      });
      return 'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n';
    });
    await using fetcher = fetcherFor(FAST);
    const outcome = await ask(fetcher, server.url);
    assert.deepEqual([outcome.error, outcome.body.length], [null, 20]);
    assert.ok(outcome.elapsedMs > 300);
  });

  for (const [name, head, expected] of [
    ['head', 'HTTP/1.1 200 OK\r\nx: ', [0, 'max-time', null]],
    ['heads before it', 'HTTP/1.1 103 Early Hints\r\nx: ', [0, 'max-time', null]],
    ['body', 'HTTP/1.1 200 OK\r\n\r\n', [200, 'max-time', 'time']],
    ['trailer', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nx: ', [200, 'max-time', 'time']],
  ] as const) {
    test(`fetch over ${transport}: a response whose ${name} never ends, however steadily it flows, is cut at its deadline`, async () => {
      await using server = await serve((socket) => {
        const drip = systemClock.every(20, () => socket.write('x'));
        socket.on('close', () => drip.cancel());
        return head;
      });
      await using fetcher = fetcherFor({ timeoutMs: 10_000, responseMsMax: 300 });
      const outcome = await ask(fetcher, server.url);
      assert.deepEqual([outcome.status, outcome.error, outcome.truncated], expected);
      assert.equal(outcome.detail, 'it was not whole after 0.3 s (--max-time)');
      assert.ok(outcome.elapsedMs >= 299, String(outcome.elapsedMs));
      await until(() => server.sockets.size === 0);
    });
  }

  test(`fetch over ${transport}: a body that flows too slowly is cut`, async () => {
    await using server = await serve((socket) => {
      const drip = systemClock.every(20, () => socket.write('x'));
      socket.on('close', () => drip.cancel());
      return 'HTTP/1.1 200 OK\r\n\r\n';
    });
    await using fetcher = fetcherFor({ ...FAST, minRateBytesPerSecond: 1000 });
    const outcome = await ask(fetcher, server.url);
    assert.deepEqual([outcome.status, outcome.error, outcome.truncated], [200, 'min-rate', 'time']);
    assert.match(bodyText(outcome), /^x+$/);
    assert.ok(outcome.elapsedMs < 1000, String(outcome.elapsedMs));
  });
}

test('fetch: each response on one connection has its own deadline', async () => {
  const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
  await using server = await rawServer((socket) => {
    systemClock.after(200, () => socket.write(answer));
    return null;
  });
  await using fetcher = fetcherFor({ responseMsMax: 2_000 });
  const began = performance.now();
  for (let nth = 0; performance.now() < began + 2_600; nth += 1) {
    const outcome = await ask(fetcher, server.url);
    assert.deepEqual([nth, outcome.error, bodyText(outcome)], [nth, null, 'ok']);
  }
  assert.equal(fetcher.connections.opened, 1);
});

test('fetch: a name that nobody resolves', async () => {
  await using fetcher = fetcherFor({ ...FAST, lookup: () => new Promise(() => undefined) });
  const outcome = await ask(fetcher, 'http://silent.test/');
  assert.deepEqual([outcome.status, outcome.error, outcome.remoteAddress], [0, 'dns-failure', '']);
});

test('fetch: a server that accepts and never answers a TLS hello', async () => {
  await using server = await rawServer(() => null);
  await using fetcher = fetcherFor(FAST);
  const outcome = await ask(fetcher, server.url.replace('http:', 'https:'));
  assert.deepEqual([outcome.status, outcome.error, outcome.requestHead], [0, 'tls-timeout', '']);
  assert.equal(outcome.remoteAddress, '127.0.0.1');
});

test('fetch: an address that never answers', { skip: blackHoleMissing }, async () => {
  await using hole = await blackHole('127.0.0.1');
  await using fetcher = fetcherFor(FAST);
  const outcome = await ask(fetcher, `http://127.0.0.1:${hole.port}/`);
  assert.deepEqual([outcome.status, outcome.error, outcome.remoteAddress], [0, 'connect-timeout', '']);
});

test('fetch: an idle connection is closed when its time is over', async () => {
  await using server = await rawServer(() => 'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 0\r\n\r\n');
  await using fetcher = fetcherFor(FAST);
  await ask(fetcher, server.url);
  assert.equal(fetcher.connections.open, 1);
  await until(() => fetcher.connections.open === 0);
  await until(() => server.sockets.size === 0);
});
