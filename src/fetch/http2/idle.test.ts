// A connection of HTTP/2 that is closed while it is idle, and the request that comes after it.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { certificateMaker, NO_OPENSSL } from '../../../test/helpers/certificates.ts';
import { type Http2Server, http2Server } from '../../../test/helpers/http2-server.ts';
import { ask, bodyText, fetcherAt, fetcherFor, until } from '../../../test/helpers/raw-server.ts';
import { type Clock, systemClock } from '../../base/clock.ts';
import { IDLE_CONNECTION_MS } from '../../base/limits.ts';

const skip = NO_OPENSSL;
const home = mkdtempSync(join(tmpdir(), 'gossamer-idle-'));
after(() => rmSync(home, { recursive: true }));
const certificate =
  skip === false ? certificateMaker(home).certificate('127.0.0.1') : { key: Buffer.alloc(0), cert: Buffer.alloc(0) };
const serve = (): Promise<Http2Server> =>
  http2Server(certificate, () => 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello');

test('http2: a request comes when its connection has rested for as long as it may, and is not closed yet', {
  skip,
}, async () => {
  let at = 0;
  const ticking = new Set<() => void>();
  const clock: Clock = {
    ...systemClock,
    now: () => at,
    every(_ms, callback) {
      ticking.add(callback);
      return { cancel: () => ticking.delete(callback) };
    },
  };
  await using server = await serve();
  // No number of its ticks makes up that rest.
  await using fetcher = fetcherAt(clock, { insecure: true, http2: true, timeoutMs: 4_900 });
  assert.equal(bodyText(await ask(fetcher, server.url)), 'hello');
  const steps = 25;
  for (let step = 0; step < steps; step += 1) {
    at += IDLE_CONNECTION_MS / steps;
    for (const tick of ticking) tick();
  }
  assert.equal(fetcher.connections.open, 1);
  assert.equal(bodyText(await ask(fetcher, server.url)), 'hello');
  assert.equal(server.connections, 2);
});

test('http2: a request comes after its idle connection had to make room for another', { skip }, async () => {
  await using one = await serve();
  await using other = await serve();
  await using fetcher = fetcherFor({ insecure: true, http2: true, connectionsMost: 1 });
  for (const { url } of [one, other, one, other]) assert.equal(bodyText(await ask(fetcher, url)), 'hello');
  assert.deepEqual([one.connections, other.connections, fetcher.connections.open], [2, 2, 1]);
});

test('http2: a request comes after the server has closed an idle connection, with and without a word', {
  skip,
}, async () => {
  await using server = await serve();
  await using fetcher = fetcherFor({ insecure: true, http2: true });
  const ends = [
    () => server.hangUp(),
    () => [...server.sessions].at(-1)!.close(),
    () => [...server.sessions].at(-1)!.destroy(),
  ];
  for (const end of ends) {
    assert.equal(bodyText(await ask(fetcher, server.url)), 'hello');
    end();
    await until(() => fetcher.connections.open === 0);
  }
  assert.equal(bodyText(await ask(fetcher, server.url)), 'hello');
  assert.equal(server.connections, 4);
});
