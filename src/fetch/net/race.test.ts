import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blackHole, blackHoleMissing } from '../../../test/helpers/black-hole.ts';
import { missingLoopback } from '../../../test/helpers/loopback.ts';
import { ask, fetcherFor, type RawServer, rawServer, until } from '../../../test/helpers/raw-server.ts';
import type { Outcome } from '../../base/contracts.ts';
import { CONNECT_ATTEMPT_DELAY_MS } from '../../base/limits.ts';
import type { Fetcher } from '../fetch.ts';

const secondMissing = await missingLoopback('127.0.0.2', '127.0.0.3');

const OK = 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

function fetcherAt(addresses: readonly string[], timeoutMs = 5_000): Fetcher {
  const found = addresses.map((address) => ({ address, ttlMs: 60_000 }));
  return fetcherFor({ timeoutMs, lookup: () => Promise.resolve(found) });
}

function askAt(fetcher: Fetcher, { port }: Pick<RawServer, 'port'>): Promise<Outcome> {
  return ask(fetcher, `http://many.test:${port}/`);
}

test('Race: goes on at once where an address refuses, and remembers the one that answered', {
  skip: secondMissing,
}, async () => {
  await using server = await rawServer(() => OK);
  await using fetcher = fetcherAt(['127.0.0.3', '127.0.0.2', '127.0.0.1']);
  const first = await askAt(fetcher, server);
  assert.deepEqual([first.status, first.remoteAddress], [200, '127.0.0.1']);
  assert.ok(first.elapsedMs < CONNECT_ATTEMPT_DELAY_MS);
  assert.equal(fetcher.connections.opened, 3);
  await askAt(fetcher, server);
  assert.equal(fetcher.connections.opened, 4);
});

test('Race: starts beside a slow address after a while', { skip: blackHoleMissing }, async () => {
  await using server = await rawServer(() => OK);
  await using _hole = await blackHole('127.0.0.2', server.port);
  await using fetcher = fetcherAt(['127.0.0.2', '127.0.0.1']);
  const outcome = await askAt(fetcher, server);
  assert.deepEqual([outcome.status, outcome.remoteAddress], [200, '127.0.0.1']);
  assert.ok(outcome.elapsedMs >= CONNECT_ATTEMPT_DELAY_MS - 2, String(outcome.elapsedMs));
  await until(() => fetcher.connections.open === 0);
});

test('Race: tells the failure where no address answers', { skip: secondMissing }, async () => {
  const server = await rawServer(() => OK);
  await server[Symbol.asyncDispose]();
  await using fetcher = fetcherAt(['127.0.0.1', '127.0.0.2', '127.0.0.3']);
  const outcome = await askAt(fetcher, server);
  assert.deepEqual([outcome.error, outcome.remoteAddress], ['refused', '']);
  assert.equal(fetcher.connections.open, 0);
});

test('Race: a timeout of all addresses is one', { skip: blackHoleMissing }, async () => {
  await using first = await blackHole('127.0.0.1');
  await using _second = await blackHole('127.0.0.2', first.port);
  await using fetcher = fetcherAt(['127.0.0.1', '127.0.0.2'], 100);
  assert.equal((await askAt(fetcher, first)).error, 'connect-timeout');
  assert.equal(fetcher.connections.open, 0);
});

test('Race: an abort ends all attempts', { skip: blackHoleMissing }, async () => {
  await using first = await blackHole('127.0.0.1');
  await using _second = await blackHole('127.0.0.2', first.port);
  await using fetcher = fetcherAt(['127.0.0.1', '127.0.0.2']);
  const abort = new AbortController();
  const pending = fetcher.fetch({ url: `http://many.test:${first.port}/`, method: 'GET' }, abort.signal);
  await until(() => fetcher.connections.opened === 2);
  abort.abort();
  assert.equal((await pending).error, 'aborted');
  assert.equal(fetcher.connections.open, 0);
});

test('Race: only admitted addresses are called', async () => {
  await using server = await rawServer(() => OK);
  const found = ['127.0.0.1', '10.0.0.1', '::1'].map((address) => ({ address, ttlMs: 60_000 }));
  await using fetcher = fetcherFor({ allowPrivate: false, lookup: () => Promise.resolve(found) });
  const outcome = await askAt(fetcher, server);
  assert.equal(outcome.refused, 'address');
  assert.equal(fetcher.connections.opened, 0);
});
