// HTTP/2 as a well-meant server speaks it: many exchanges on one connection, whatever happens to each.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Settings } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { certificateMaker, NO_OPENSSL } from '../../../test/helpers/certificates.ts';
import { type Http2Peer, type Http2Server, http2Server } from '../../../test/helpers/http2-server.ts';
import { type Answer, ask, bodyText, fetcherFor, rawServer, until } from '../../../test/helpers/raw-server.ts';
import { BodyBudget } from '../../base/body-budget.ts';
import type { Outcome, Request } from '../../base/contracts.ts';
import type { Fetcher, FetchOptions } from '../fetch.ts';

const skip = NO_OPENSSL;
const home = mkdtempSync(join(tmpdir(), 'gossamer-http2-'));
after(() => rmSync(home, { recursive: true }));
const certificate =
  skip === false ? certificateMaker(home).certificate('127.0.0.1') : { key: Buffer.alloc(0), cert: Buffer.alloc(0) };

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n';
const HELLO = `${HEAD}hello`;

interface Scene extends AsyncDisposable {
  readonly server: Http2Server;
  readonly fetcher: Fetcher;
  readonly ask: (path: string, signal?: AbortSignal, more?: Partial<Request>) => Promise<Outcome>;
  /** The server's sides of exchanges, by path. */
  readonly peers: ReadonlyMap<string, Http2Peer>;
}

async function scene(
  answer: Answer = () => null,
  options: Partial<FetchOptions> = {},
  settings: Settings = {},
): Promise<Scene> {
  const peers = new Map<string, Http2Peer>();
  const server = await http2Server(
    certificate,
    (peer, head, ...rest) => {
      peers.set(head.split(' ')[1]!, peer as Http2Peer);
      return answer(peer, head, ...rest);
    },
    settings,
  );
  const fetcher = fetcherFor({ insecure: true, http2: true, ...options });
  return {
    ...{ server, fetcher, peers },
    ask: (path, signal = new AbortController().signal, more = {}) =>
      fetcher.fetch({ url: `${server.url}${path}`, method: 'GET', ...more }, signal),
    async [Symbol.asyncDispose]() {
      await fetcher.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

test('http2: a response reads as a message of HTTP/1.1, and the request as it was sent', { skip }, async () => {
  await using on = await scene(
    () => 'HTTP/1.1 404 Nope\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n__proto__: x\r\n\r\n',
    {
      headers: ['X-Own', 'é', 'Connection', 'close'],
    },
  );
  const asked = on.ask('a?b=c');
  await until(() => on.peers.size === 1);
  on.peers.get('/a?b=c')!.end('gone');
  const outcome = await asked;
  assert.deepEqual([outcome.status, outcome.error, bodyText(outcome)], [404, null, 'gone']);
  assert.deepEqual([outcome.protocol, outcome.remoteAddress], ['h2', '127.0.0.1']);
  assert.match(outcome.responseHead, /^HTTP\/1\.1 404 Not Found\r\n/);
  assert.match(outcome.responseHead, /\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n(?:.*\r\n)*\r\n$/);
  assert.ok(outcome.headers.includes('__proto__') && !outcome.headers.some((word) => word.startsWith(':')));
  const host = `127.0.0.1:${on.server.port}`;
  assert.ok(outcome.requestHead.startsWith(`GET /a?b=c HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: gossamer/test\r\n`));
  assert.doesNotMatch(outcome.requestHead, /connection/i);
  const { head } = on.server.requests[0]!;
  assert.match(head, new RegExp(`:authority: ${host}`));
  assert.doesNotMatch(head, /\nhost:/);
  assert.match(head, /x-own: é/);
});

test('http2: exchanges share the one connection, from the first on, and each has its own answer', {
  skip,
}, async () => {
  await using on = await scene();
  const asked = Array.from({ length: 20 }, (_, n) => on.ask(`${n}`));
  await until(() => on.peers.size === 20);
  for (let n = 19; n >= 0; n -= 1) on.peers.get(`/${n}`)!.write(`${HEAD}he`);
  for (let n = 19; n >= 0; n -= 1) on.peers.get(`/${n}`)!.write(`l${String(n).padStart(2, '0')}`);
  const outcomes = await Promise.all(asked);
  assert.deepEqual(
    outcomes.map(bodyText),
    outcomes.map((_, n) => `hel${String(n).padStart(2, '0')}`),
  );
  assert.deepEqual(on.fetcher.connections, { open: 1, opened: 1, reused: 19, replayed: 0 });
});

test('http2: no more streams are open than the server allows, and what waits is sent when one ends', {
  skip,
}, async () => {
  let most = 0;
  let open = 0;
  await using on = await scene(
    (peer) => {
      open += 1;
      most = Math.max(most, open);
      setImmediate(() => {
        open -= 1;
        peer.write(HELLO);
      });
      return null;
    },
    {},
    { maxConcurrentStreams: 3 },
  );
  const outcomes = await Promise.all(Array.from({ length: 30 }, (_, n) => on.ask(`${n}`)));
  assert.ok(outcomes.every((outcome) => bodyText(outcome) === 'hello'));
  assert.ok(most <= 3, String(most));
  assert.equal(on.server.connections, 1);
});

test('http2: a server that allows more or fewer streams later is followed', { skip }, async () => {
  await using on = await scene(() => null, {}, { maxConcurrentStreams: 1 });
  const asked = [on.ask('a'), on.ask('b'), on.ask('c')];
  await until(() => on.peers.size === 1);
  const [session] = on.server.sessions;
  session!.settings({ maxConcurrentStreams: 3 });
  await until(() => on.peers.size === 3);
  for (const peer of on.peers.values()) peer.write(HELLO);
  assert.deepEqual((await Promise.all(asked)).map(bodyText), ['hello', 'hello', 'hello']);
});

test('http2: an exchange that is aborted leaves the others on its connection', { skip }, async () => {
  await using on = await scene();
  const abort = new AbortController();
  const [aborted, other] = [on.ask('aborted', abort.signal), on.ask('other')];
  await until(() => on.peers.size === 2);
  on.peers.get('/aborted')!.write(`${HEAD}he`);
  abort.abort();
  assert.equal((await aborted).error, 'aborted');
  await until(() => on.peers.get('/aborted')!.destroyed);
  on.peers.get('/other')!.write(HELLO);
  assert.equal(bodyText(await other), 'hello');
  assert.equal(on.server.connections, 1);
});

test('http2: where the request that makes the connection is aborted, the next one makes it', { skip }, async () => {
  await using on = await scene(() => HELLO);
  const abort = new AbortController();
  const [first, second, third] = [on.ask('a', abort.signal), on.ask('b'), on.ask('c')];
  abort.abort();
  assert.equal((await first).error, 'aborted');
  assert.deepEqual([bodyText(await second), bodyText(await third)], ['hello', 'hello']);
  assert.equal(on.server.connections, 1);
});

test('http2: where no connection can be made, all that wait for it are told why', { skip }, async () => {
  const server = await rawServer(() => null);
  await server[Symbol.asyncDispose]();
  await using fetcher = fetcherFor({ insecure: true, http2: true });
  const url = server.url.replace('http:', 'https:');
  const outcomes = await Promise.all([1, 2, 3].map(() => ask(fetcher, url)));
  assert.deepEqual(
    outcomes.map(({ error }) => error),
    ['refused', 'refused', 'refused'],
  );
});

test('http2: each exchange has its own deadlines, and a connection on which all is silent is given up', {
  skip,
}, async () => {
  await using on = await scene((_peer, head) => (head.startsWith('GET /begun') ? `${HEAD}he` : null), {
    timeoutMs: 100,
  });
  const [silent, begun] = [on.ask('silent'), on.ask('begun')];
  assert.equal((await silent).error, 'first-byte-timeout');
  const cut = await begun;
  assert.deepEqual([cut.error, cut.truncated, bodyText(cut)], ['idle-timeout', 'time', 'he']);
  await until(() => on.fetcher.connections.open === 0);
});

test('http2: a body ends at the limit of its request, and the connection goes on', { skip }, async () => {
  await using on = await scene((peer) => {
    peer.write('HTTP/1.1 200 OK\r\n\r\n');
    peer.write(Buffer.alloc(400_000, 'x'));
    return null;
  });
  const cut = await on.ask('a', undefined, { bodyBytesMax: 100_000 });
  assert.deepEqual([cut.truncated, cut.error, cut.body.length], ['length', null, 100_000]);
  await until(() => on.peers.get('/a')!.destroyed);
  assert.equal((await on.ask('b', undefined, { bodyBytesMax: 10 })).truncated, 'length');
  assert.equal(on.server.connections, 1);
});

test('http2: what has no answer is asked once more where the connection is lost, and what has begun is cut', {
  skip,
}, async () => {
  let bytes = 0;
  await using on = await scene(
    (_peer, head, request) => (head.startsWith('GET /begun') ? `${HEAD}he` : request > 4 ? HELLO : null),
    { onBytes: (more) => (bytes += more) },
  );
  const warm = on.ask('warm');
  await until(() => on.peers.size === 1);
  on.peers.get('/warm')!.write(HELLO);
  await warm;
  const before = bytes;
  const [first, second, begun] = [on.ask('first'), on.ask('second'), on.ask('begun')];
  await until(() => on.peers.size === 4 && bytes > before);
  on.server.hangUp();
  const cut = await begun;
  assert.deepEqual([cut.status, cut.error, cut.truncated, bodyText(cut)], [200, 'disconnect', 'disconnect', 'he']);
  assert.deepEqual([bodyText(await first), bodyText(await second)], ['hello', 'hello']);
  assert.equal(on.fetcher.connections.replayed, 2);
});

test('http2: a connection is renewed before servers tire of it', { skip }, async () => {
  const requests = 1_000;
  await using on = await scene(() => HELLO);
  for (let at = 0; at < requests; at += 100) {
    const outcomes = await Promise.all(Array.from({ length: 100 }, (_, n) => on.ask(`${at + n}`)));
    assert.ok(outcomes.every((outcome) => bodyText(outcome) === 'hello'));
  }
  const onFirst = on.server.requests.filter(({ connection }) => connection === 1).length;
  assert.deepEqual([onFirst, on.server.requests.length, on.server.connections], [900, requests, 2]);
  await until(() => on.fetcher.connections.open === 1);
});

test('http2: an exchange that waits for memory leaves the others on its connection', { skip }, async () => {
  const budget = new BodyBudget(64 * 1024);
  const body = Buffer.alloc(512 * 1024, 'x');
  await using on = await scene(
    (peer, head) => {
      if (head.startsWith('GET /small')) return HELLO;
      peer.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n`);
      peer.write(body);
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
  assert.deepEqual([on.server.connections, budget.bytes], [1, 0]);
});

test('http2: without it, and with servers that lack it, HTTP/1.1 is spoken over connections of their own', {
  skip,
}, async () => {
  await using server = await rawServer(() => HELLO, '127.0.0.1', { ...certificate, ALPNProtocols: ['h2', 'http/1.1'] });
  await using without = fetcherFor({ insecure: true });
  assert.equal((await ask(without, server.url)).protocol, 'http/1.1');
  await using old = await rawServer(() => null, '127.0.0.1', certificate);
  await using fetcher = fetcherFor({ insecure: true, http2: true });
  const asked = [1, 2, 3].map(() => ask(fetcher, old.url));
  await until(() => old.requests.length === 3);
  assert.equal(old.connections, 3);
  for (const peer of old.sockets) peer.write(HELLO);
  assert.deepEqual(
    (await Promise.all(asked)).map(({ protocol }) => protocol),
    ['http/1.1', 'http/1.1', 'http/1.1'],
  );
});

test('http2: a HEAD, a 204, a 304 and interim responses', { skip }, async () => {
  await using on = await scene((peer, head) => {
    const { stream } = peer as Http2Peer;
    if (head.startsWith('HEAD')) stream.respond({ ':status': 200, 'content-length': 1_000 }, { endStream: true });
    else if (head.startsWith('GET /204')) stream.respond({ ':status': 204 }, { endStream: true });
    else if (head.startsWith('GET /304')) stream.respond({ ':status': 304, 'content-length': 9 }, { endStream: true });
    else {
      stream.additionalHeaders({ ':status': 103, link: '</a>' });
      return HELLO;
    }
    return null;
  });
  const outcomes = [await on.ask('a', undefined, { method: 'HEAD' }), await on.ask('204'), await on.ask('304')];
  assert.deepEqual(
    outcomes.map(({ status, error, truncated, body }) => [status, error, truncated, body.length]),
    [200, 204, 304].map((status) => [status, null, null, 0]),
  );
  const early = await on.ask('early');
  assert.deepEqual([early.status, bodyText(early), early.headers.includes('link')], [200, 'hello', false]);
});
