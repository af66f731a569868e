// Many exchanges on one connection: what happens to one of them is not the affair of the others.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMultiplexing, EXCHANGES_MAX } from '../../test/helpers/multiplex.ts';
import { type MultiplexServer, multiplexServer } from '../../test/helpers/multiplex-server.ts';
import { type Answer, ask, bodyText, fetcherFor, type Peer, until } from '../../test/helpers/raw-server.ts';
import { BodyBudget } from '../base/body-budget.ts';
import { systemClock } from '../base/clock.ts';
import type { Outcome } from '../base/contracts.ts';
import type { Fetcher, FetchOptions } from './fetch.ts';

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n';
const OK = `${HEAD}hello`;

interface Scene extends AsyncDisposable {
  readonly server: MultiplexServer;
  readonly fetcher: Fetcher;
  readonly ask: (path: string, signal?: AbortSignal) => Promise<Outcome>;
  /** The server's sides of exchanges, by path. */
  readonly peers: ReadonlyMap<string, Peer>;
}

/** A fetcher with one open connection to a server; it answers `/` at once, and others as told. */
async function scene(answer: Answer = () => null, options: Partial<FetchOptions> = {}): Promise<Scene> {
  const peers = new Map<string, Peer>();
  const server = await multiplexServer((peer, head, ...rest) => {
    const path = head.split(' ')[1]!;
    peers.set(path, peer);
    return path === '/' ? OK : answer(peer, head, ...rest);
  });
  const fetcher = fetcherFor(options, createMultiplexing);
  await ask(fetcher, server.url);
  return {
    server,
    fetcher,
    peers,
    ask: (path, signal = new AbortController().signal) =>
      fetcher.fetch({ url: `${server.url}${path}`, method: 'GET' }, signal),
    async [Symbol.asyncDispose]() {
      await fetcher.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

test('fetch: exchanges share a connection, and each has its own answer in whatever order they come', async () => {
  await using on = await scene();
  const asked = Array.from({ length: EXCHANGES_MAX }, (_, n) => on.ask(`${n}`));
  await until(() => on.peers.size === 1 + EXCHANGES_MAX);
  for (let n = EXCHANGES_MAX - 1; n >= 0; n -= 1) on.peers.get(`/${n}`)!.write(`${HEAD}he`);
  for (let n = EXCHANGES_MAX - 1; n >= 0; n -= 1) on.peers.get(`/${n}`)!.write(`ll${n}`);
  const outcomes = await Promise.all(asked);
  assert.deepEqual(
    outcomes.map(bodyText),
    outcomes.map((_, n) => `hell${n}`),
  );
  assert.equal(on.server.connections, 1);
  assert.deepEqual(on.fetcher.connections, { open: 1, opened: 1, reused: EXCHANGES_MAX, replayed: 0 });
});

test('fetch: a connection takes no more exchanges than it has room for, and has room again when one ends', async () => {
  await using on = await scene();
  const abort = new AbortController();
  const asked = Array.from({ length: EXCHANGES_MAX + 1 }, (_, n) => on.ask(`${n}`, abort.signal));
  await until(() => on.peers.size === 2 + EXCHANGES_MAX);
  assert.equal(on.server.connections, 2);
  on.peers.get('/3')!.write(OK);
  assert.equal((await asked[3]!).status, 200);
  // Seven on the first and one on the second: there is room for eight more.
  const more = Array.from({ length: EXCHANGES_MAX }, (_, n) => on.ask(`more${n}`, abort.signal));
  await until(() => on.peers.size === 2 + 2 * EXCHANGES_MAX);
  assert.equal(on.server.connections, 2);
  abort.abort();
  await Promise.all([...asked, ...more]);
  assert.equal(on.fetcher.connections.open, 2);
});

test('fetch: an exchange that is aborted leaves the others on its connection', async () => {
  await using on = await scene();
  const abort = new AbortController();
  const [aborted, other] = [on.ask('aborted', abort.signal), on.ask('other')];
  await until(() => on.peers.size === 3);
  on.peers.get('/aborted')!.write(`${HEAD}he`);
  abort.abort();
  assert.equal((await aborted).error, 'aborted');
  await until(() => on.peers.get('/aborted')!.destroyed);
  on.peers.get('/other')!.write(OK);
  assert.equal(bodyText(await other), 'hello');
  assert.equal(on.server.connections, 1);
});

test('fetch: each exchange on a connection has its own deadlines', async () => {
  await using on = await scene(
    (peer, head) => {
      if (head.startsWith('GET /silent')) return null;
      if (head.startsWith('GET /begun')) return `${HEAD}he`;
      const drip = systemClock.every(20, () => peer.write('x'));
      peer.on('close', () => drip.cancel());
      return 'HTTP/1.1 200 OK\r\n\r\n';
    },
    { timeoutMs: 100 },
  );
  const abort = new AbortController();
  const [silent, begun, flowing] = [on.ask('silent'), on.ask('begun'), on.ask('flowing', abort.signal)];
  assert.equal((await silent).error, 'first-byte-timeout');
  const cut = await begun;
  assert.deepEqual([cut.error, cut.truncated, bodyText(cut)], ['idle-timeout', 'time', 'he']);
  await until(() => on.server.sockets.size === 1);
  assert.equal(on.fetcher.connections.open, 1);
  abort.abort();
  assert.equal((await flowing).error, 'aborted');
});

test('fetch: where a connection is lost, what has no answer yet is asked once more, and what has begun is cut', async () => {
  let bytes = 0;
  await using on = await scene(
    (_peer, head, request) => {
      if (head.startsWith('GET /begun')) return `${HEAD}he`;
      return request > 4 ? OK : null;
    },
    { onBytes: (more) => (bytes += more) },
  );
  const before = bytes;
  const [first, second, begun] = [on.ask('first'), on.ask('second'), on.ask('begun')];
  await until(() => on.peers.size === 4 && bytes > before);
  on.server.hangUp();
  const cut = await begun;
  assert.deepEqual([cut.status, cut.error, cut.truncated, bodyText(cut)], [200, 'disconnect', 'disconnect', 'he']);
  assert.deepEqual([bodyText(await first), bodyText(await second)], ['hello', 'hello']);
  assert.equal(on.fetcher.connections.replayed, 2);
});

test('fetch: a shared connection that is lost takes no more exchanges', async () => {
  await using on = await scene((peer) => {
    peer.write(OK);
    return null;
  });
  assert.equal((await on.ask('a')).status, 200);
  on.server.hangUp();
  await until(() => on.fetcher.connections.open === 0);
  assert.equal((await on.ask('b')).status, 200);
  assert.equal(on.fetcher.connections.opened, 2);
});

test('fetch: an exchange that waits for memory leaves the others on its connection', async () => {
  const budget = new BodyBudget(64 * 1024);
  const body = Buffer.alloc(512 * 1024, 'x');
  await using on = await scene(
    (peer, head) => {
      if (head.startsWith('GET /small')) return OK;
      peer.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`);
      peer.end(body);
      return null;
    },
    { budget },
  );
  const large = [1, 2, 3].map((n) => on.ask(`large${n}`));
  await until(() => budget.isSpent);
  assert.equal(bodyText(await on.ask('small')), 'hello');
  for (const outcome of await Promise.all(large)) {
    assert.deepEqual([outcome.error, outcome.truncated, outcome.body.length], [null, null, body.length]);
  }
  assert.equal(on.server.connections, 1);
  assert.equal(budget.bytes, 0);
});

test('fetch: a connection that is at work is not closed to make room, though it takes more', async () => {
  await using on = await scene(() => null, { connectionsMost: 1 });
  await using other = await multiplexServer(() => OK);
  const asked = on.ask('slow');
  await until(() => on.peers.size === 2);
  assert.equal((await ask(on.fetcher, other.url)).status, 200);
  on.peers.get('/slow')!.write(OK);
  assert.equal(bodyText(await asked), 'hello');
  assert.equal(on.server.requests.length, 2);
});

test('fetch: what is lost twice before its answer is told, and asked no third time', async () => {
  await using on = await scene((peer) => {
    peer.resetAndDestroy();
    return null;
  });
  assert.equal((await on.ask('a')).error, 'reset');
  assert.deepEqual([on.server.requests.length, on.server.connections], [3, 2]);
});
