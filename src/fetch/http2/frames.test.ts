// HTTP/2 as a server speaks it that is tired, broken or hostile: what is told, and that nothing else is lost by it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_OPENSSL } from '../../../test/helpers/certificates.ts';
import * as h2 from '../../../test/helpers/http2-frames.ts';
import { type Asked, certificate, errorsOf, told } from '../../../test/helpers/http2-told.ts';
import { ask, bodyText, fetcherFor, rawServer, until } from '../../../test/helpers/raw-server.ts';
import { HTTP2_REFUSALS_MAX } from '../../base/limits.ts';

const skip = NO_OPENSSL;

const reset = (stream: number, code: number): Buffer => h2.frame(h2.RST_STREAM, 0, stream, h2.numbers(code));
const begun = (stream: number, body: string): Buffer =>
  Buffer.concat([h2.head(stream, h2.OK), h2.frame(h2.DATA, 0, stream, Buffer.from(body))]);
const many = (frame: Buffer, times: number): Buffer => Buffer.concat(Array.from({ length: times }, () => frame));

test('http2: a stream that the server refused is sent again, and the others go on', { skip }, async () => {
  let refused = 0;
  const seen = await told((_peer, stream) => {
    refused += 1;
    return refused <= 2 ? reset(stream, 7) : h2.answer(stream, 'well');
  }, 4);
  assert.deepEqual(errorsOf(seen), ['well', 'well', 'well', 'well']);
  assert.deepEqual(seen.opened, [6]);
});

test('http2: what the server refuses again and again was not processed, and is told as that', { skip }, async () => {
  const seen = await told((_peer, stream) => reset(stream, 7));
  assert.deepEqual([errorsOf(seen), seen.opened], [['not-processed'], [HTTP2_REFUSALS_MAX + 1]]);
});

test('http2: a server that refuses streams now and then is asked again at once, on the same connection', {
  skip,
}, async () => {
  const cases: [string, requests: number, isRefused: (nth: number) => boolean][] = [
    ['twelve in a row', 1, (nth) => nth <= HTTP2_REFUSALS_MAX],
    ['every second one', 40, (nth) => nth % 2 === 1],
    ['two of three', 40, (nth) => nth % 3 > 0],
  ];
  for (const [what, requests, isRefused] of cases) {
    let nth = 0;
    const seen = await told((_peer, stream) => {
      nth += 1;
      return isRefused(nth) ? reset(stream, 7) : h2.answer(stream, 'well');
    }, requests);
    assert.deepEqual(
      errorsOf(seen),
      Array.from({ length: requests }, () => 'well'),
      what,
    );
    assert.equal(seen.opened.length, 1, what);
  }
});

test('http2: a connection on which nothing was taken counts as several streams', { skip }, async () => {
  const seen = await told(() => h2.frame(h2.GOAWAY, 0, 0, h2.numbers(0, 0)));
  assert.deepEqual([errorsOf(seen), seen.opened], [['not-processed'], [1, 1, 1, 1]]);
});

test('http2: a server that wants HTTP/1.1 for it gets that', { skip }, async () => {
  let sockets = 0;
  await using old = await rawServer(
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nold');
      return null;
    },
    '127.0.0.1',
    {
      ...certificate,
      ALPNCallback: ({ protocols }) => {
        sockets += 1;
        return protocols.at(-1);
      },
    },
  );
  await using fetcher = fetcherFor({ insecure: true, http2: true });
  assert.equal(bodyText(await ask(fetcher, old.url)), 'old');
  assert.equal(sockets, 1);
  const seen = await told((_peer, stream) => reset(stream, 13));
  // This server has nothing but HTTP/2.
  assert.deepEqual([errorsOf(seen), seen.opened], [['tls-protocol'], [1]]);
});

test('http2: each way to end a stream has its code', { skip }, async () => {
  const cases: [string, Asked, string][] = [
    ['INTERNAL_ERROR', (_peer, stream) => reset(stream, 2), 'reset'],
    ['CANCEL', (_peer, stream) => reset(stream, 8), 'reset'],
    ['NO_ERROR', (_peer, stream) => reset(stream, 0), 'reset'],
    ['PROTOCOL_ERROR', (_peer, stream) => reset(stream, 1), 'http-malformed'],
    ['ENHANCE_YOUR_CALM', (_peer, stream) => reset(stream, 11), 'reset'],
    ['no status', (_peer, stream) => h2.head(stream, h2.field('a', 'b'), true), 'http-malformed'],
    [
      'a field of a connection',
      (_peer, stream) => h2.head(stream, Buffer.concat([h2.OK, h2.field('connection', 'close')]), true),
      'http-malformed',
    ],
    [
      'interim responses without end',
      (_peer, stream) => many(h2.head(stream, Buffer.from([8, 3, 49, 48, 51])), 30),
      'http-malformed',
    ],
    [
      'too many fields',
      (_peer, stream) => h2.head(stream, Buffer.concat([h2.OK, many(h2.field('x', 'y'), 1_001)]), true),
      'http-header-size',
    ],
    [
      '100,000 fields',
      (_peer, stream) => h2.head(stream, Buffer.concat([h2.OK, many(h2.field('x', 'y'), 100_000)]), true),
      'http-header-size',
    ],
  ];
  for (const [name, asked, code] of cases) assert.deepEqual([name, errorsOf(await told(asked))], [name, [code]]);
});

test('http2: the end of a body that is not read for a while is the end that came', { skip }, async () => {
  const data = (stream: number, flags = 0): Buffer => h2.frame(h2.DATA, flags, stream, Buffer.alloc(8_000, 'x'));
  const five = (stream: number): Buffer => Buffer.concat([h2.head(stream, h2.OK), many(data(stream), 5)]);
  const ends: [string, (stream: number) => Buffer, truncated: string | null][] = [
    ['with the last bytes', (stream) => data(stream, h2.END_STREAM), null],
    ['behind them', (stream) => Buffer.concat([data(stream), h2.frame(h2.DATA, h2.END_STREAM, stream)]), null],
    [
      'and then a reset without error',
      (stream) => Buffer.concat([data(stream, h2.END_STREAM), reset(stream, 0)]),
      null,
    ],
    ['a reset without error', (stream) => Buffer.concat([data(stream), reset(stream, 0)]), 'disconnect'],
  ];
  for (const [name, end, truncated] of ends) {
    const asked: Asked = (_peer, stream) => Buffer.concat([five(stream), end(stream)]);
    // The rate lets a tenth of a second through at once: the body is paused when its end comes.
    const { outcomes } = await told(asked, 1, { rate: { bytesPerSecond: 200_000, ofHost: () => null } });
    assert.deepEqual([name, outcomes[0]!.truncated], [name, truncated]);
    if (truncated === null) assert.equal(outcomes[0]!.rawBody.length, 48_000);
  }
});

test('http2: what was cut by the server is kept, and marked', { skip }, async () => {
  const promised = (stream: number): Buffer =>
    Buffer.concat([
      h2.head(stream, Buffer.concat([h2.OK, h2.field('content-length', '9')])),
      h2.frame(h2.DATA, 0, stream, Buffer.from('hel')),
    ]);
  const cases: [string, Asked][] = [
    ['a reset', (_peer, stream) => Buffer.concat([begun(stream, 'hel'), reset(stream, 2)])],
    ['a cancel', (_peer, stream) => Buffer.concat([begun(stream, 'hel'), reset(stream, 8)])],
    [
      'an end too early',
      (_peer, stream) => Buffer.concat([promised(stream), h2.frame(h2.DATA, h2.END_STREAM, stream)]),
    ],
    ['a reset without error or promise', (_peer, stream) => Buffer.concat([begun(stream, 'hel'), reset(stream, 0)])],
    ['a reset without error', (_peer, stream) => Buffer.concat([promised(stream), reset(stream, 0)])],
    [
      'the end of the connection',
      (peer, stream) => {
        peer.socket.end(begun(stream, 'hel'));
        return null;
      },
    ],
  ];
  for (const [name, asked] of cases) {
    const [outcome] = (await told(asked)).outcomes;
    const { status, error, truncated } = outcome!;
    assert.deepEqual(
      [name, status, error, truncated, bodyText(outcome!)],
      [name, 200, 'disconnect', 'disconnect', 'hel'],
    );
  }
});

test('http2: a flood ends its connection', { skip }, async () => {
  const floods: [string, Asked, string][] = [
    [
      'CONTINUATION',
      (_peer, stream) =>
        Buffer.concat([
          h2.frame(h2.HEADERS, 0, stream, h2.OK),
          many(h2.frame(h2.CONTINUATION, 0, stream, h2.field('x', 'y')), 2_000),
        ]),
      'http-header-size',
    ],
    [
      'one field of a megabyte',
      (_peer, stream) => h2.head(stream, Buffer.concat([h2.OK, h2.field('x', 'y'.repeat(1_000_000))])),
      'http-malformed',
    ],
    ['SETTINGS', () => many(h2.frame(h2.SETTINGS, 0, 0), 20_000), 'http-malformed'],
    ['PING', () => many(h2.frame(h2.PING, 0, 0, Buffer.alloc(8)), 20_000), 'http-malformed'],
    ['garbage', () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'http-malformed'],
  ];
  for (const [name, asked, code] of floods) {
    const seen = await told(asked);
    assert.deepEqual([name, errorsOf(seen), seen.opened], [name, [code], [1]]);
  }
});

test('http2: a response that breaks its connection does not take the others with it', { skip }, async () => {
  const seen = await told((peer, stream) => {
    if (peer.connection > 1) return h2.answer(stream, 'well');
    return stream < 7 ? null : Buffer.concat([h2.frame(h2.DATA, h2.END_STREAM, 1, Buffer.from('no head'))]);
  }, 4);
  assert.deepEqual(
    [errorsOf(seen), seen.opened],
    [
      ['well', 'well', 'well', 'well'],
      [4, 1, 1, 1, 1],
    ],
  );
});

test('http2: frames without content do not keep a response alive', { skip }, async () => {
  const seen = await told((_peer, stream) =>
    Buffer.concat([h2.head(stream, h2.OK), many(h2.frame(h2.DATA, 0, stream), 5_000)]),
  );
  assert.deepEqual([seen.outcomes[0]!.error, seen.outcomes[0]!.truncated], ['disconnect', 'disconnect']);
});

test('http2: a server that pushes although it may not is cut off', { skip }, async () => {
  const promise = Buffer.concat([h2.numbers(2), Buffer.from([0x82, 0x87, 0x84])]);
  const seen = await told((_peer, stream) => h2.frame(h2.PUSH_PROMISE, h2.END_HEADERS, stream, promise));
  assert.deepEqual(errorsOf(seen), ['http-malformed']);
});

test('http2: a server that sends more than the windows allow is cut off', { skip }, async () => {
  const piece = h2.frame(h2.DATA, 0, 1, Buffer.alloc(16_384));
  const { outcomes } = await told((_peer, stream) => Buffer.concat([h2.head(stream, h2.OK), many(piece, 200)]), 1, {
    bodyBytesMax: 64 * 1024,
  });
  assert.deepEqual([outcomes[0]!.truncated, outcomes[0]!.body.length], ['length', 64 * 1024]);
});

test('http2: a server that allows no stream at all is left alone, and no try is spent', { skip }, async () => {
  const greeting = h2.frame(h2.SETTINGS, 0, 0, h2.setting(3, 0));
  const seen = await told((_peer, stream) => reset(stream, 7), 2, { timeoutMs: 50 }, greeting);
  assert.deepEqual(errorsOf(seen), ['not-processed', 'not-processed']);
});

test('http2: too many resets of our own end a connection before the server tires', { skip }, async () => {
  await using server = await h2.framesServer(certificate, (peer, stream) =>
    peer.socket.write(begun(stream, 'x'.repeat(100))),
  );
  await using fetcher = fetcherFor({ insecure: true, http2: true, bodyBytesMax: 10 });
  for (let n = 0; n < 60; n += 1) assert.equal((await ask(fetcher, server.url)).truncated, 'length');
  assert.deepEqual(server.opened, [50, 10]);
  await until(() => fetcher.connections.open === 1);
});
