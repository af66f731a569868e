import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSeed, seededRandom } from '../../../test/helpers/random.ts';
import { ask, fetcherFor, rawServer, until } from '../../../test/helpers/raw-server.ts';
import { TRANSPORTS } from '../../../test/helpers/transports.ts';
import { IDLE_CONNECTIONS_MAX } from '../../base/limits.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';

test('Pool: keeps as many idle connections as were at work at once, to be used again', async () => {
  const many = IDLE_CONNECTIONS_MAX + 50;
  await using server = await rawServer((_socket, _head, request) => {
    // Answered together, so that none is used again.
    if (request === many) for (const socket of server.sockets) socket.write(OK);
    return null;
  });
  await using fetcher = fetcherFor();
  await Promise.all(Array.from({ length: many }, () => ask(fetcher, server.url)));
  assert.equal(fetcher.connections.opened, many);
  assert.equal(fetcher.connections.open, many);
});

for (const { name: transport, serve, fetcherFor } of TRANSPORTS) {
  test(`Pool over ${transport}: every request has an outcome, whatever the server does with its connections`, async () => {
    const random = seededRandom(runSeed('pool'));
    await using server = await serve((socket) => {
      const chance = random();
      if (chance < 0.1) socket.destroy();
      else if (chance < 0.2) socket.resetAndDestroy();
      else if (chance < 0.3) socket.end(OK);
      else if (chance < 0.35) return `${OK}surprise`;
      else if (chance < 0.4) socket.end(OK.slice(0, -2));
      else if (chance < 0.45) setImmediate(() => socket.destroy());
      return chance < 0.3 || (chance >= 0.35 && chance < 0.4) ? null : OK;
    });
    const fetcher = fetcherFor({ timeoutMs: 2_000 });
    const abort = new AbortController();
    let left = 2_000;
    const told = new Map<string, number>();
    async function work(): Promise<void> {
      while (left > 0) {
        left -= 1;
        if (left === 50) abort.abort();
        const signal = left % 10 === 0 ? abort.signal : new AbortController().signal;
        const { error, status, body } = await fetcher.fetch({ url: `${server.url}${left}`, method: 'GET' }, signal);
        if (error === null) assert.deepEqual([status, body.length], [200, 5]);
        told.set(error ?? 'none', (told.get(error ?? 'none') ?? 0) + 1);
      }
    }
    await Promise.all(Array.from({ length: 20 }, work));
    assert.deepEqual([...told.keys()].sort(), ['aborted', 'disconnect', 'none', 'reset']);
    assert.ok(fetcher.connections.reused > 0 && fetcher.connections.replayed > 0);
    await fetcher.close();
    assert.equal(fetcher.connections.open, 0);
    await until(() => server.sockets.size === 0);
  });
}
