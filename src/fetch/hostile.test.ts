// Answers that no honest server gives. Each is an outcome of its own, soon, and costs little.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, bodyText, until } from '../../test/helpers/raw-server.ts';
import { TRANSPORTS } from '../../test/helpers/transports.ts';
import type { Outcome } from '../base/contracts.ts';

const H = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${H}Transfer-Encoding: chunked\r\n\r\n`;

type Told = Partial<Pick<Outcome, 'status' | 'error' | 'truncated'>> & { readonly text?: string };

/** What is sent; `ends`: then the connection is closed, or reset. */
const TABLE: readonly (readonly [string, string, 'open' | 'closed' | 'reset', Told])[] = [
  ['a reset before the status', '', 'reset', { status: 0, error: 'reset' }],
  ['a close before the status', '', 'closed', { status: 0, error: 'reset' }],
  ['a reset within the head', `${H}X: `, 'reset', { status: 0, error: 'reset' }],
  [
    'a reset in the body',
    `${H}Content-Length: 9\r\n\r\nhello`,
    'reset',
    { status: 200, error: 'disconnect', truncated: 'disconnect', text: 'hello' },
  ],
  [
    'a reset in an endless body',
    `${H}\r\nhello`,
    'reset',
    { status: 200, error: 'disconnect', truncated: 'disconnect', text: 'hello' },
  ],
  [
    'an endless body',
    `${H}\r\n${'x'.repeat(2000)}`,
    'open',
    { status: 200, error: null, truncated: 'length', text: 'x'.repeat(1000) },
  ],
  [
    'a body shorter than its length',
    `${H}Content-Length: 9\r\n\r\nhello`,
    'closed',
    { status: 200, error: 'disconnect', truncated: 'disconnect', text: 'hello' },
  ],
  [
    'a body longer than its length',
    `${H}Content-Length: 5\r\n\r\nhello!!!`,
    'open',
    { status: 200, error: null, truncated: null, text: 'hello' },
  ],
  [
    'conflicting lengths',
    `${H}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`,
    'open',
    { status: 0, error: 'http-malformed' },
  ],
  [
    'a length with chunks',
    `${H}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    'open',
    { status: 200, error: null, text: 'hello' },
  ],
  [
    'a bad chunk size',
    `${CHUNKED}5\r\nhello\r\nzz\r\n`,
    'open',
    { status: 200, error: 'http-malformed', truncated: 'disconnect', text: 'hello' },
  ],
  [
    'a missing last chunk',
    `${CHUNKED}5\r\nhello\r\n`,
    'closed',
    { status: 200, error: 'disconnect', truncated: 'disconnect', text: 'hello' },
  ],
  [
    'endless trailers',
    `${CHUNKED}5\r\nhello\r\n0\r\n${'X: 1\r\n'.repeat(10_000)}`,
    'open',
    { status: 200, error: null, text: 'hello' },
  ],
  ['100,000 headers', `${H}${'a:\r\n'.repeat(100_000)}\r\n`, 'open', { status: 0, error: 'http-header-size' }],
  ['a header of 1 MB', `${H}X: ${'x'.repeat(1_000_000)}\r\n\r\n`, 'open', { status: 0, error: 'http-header-size' }],
  [
    'a NUL in a header',
    `${H}X: a\0b\r\nContent-Length: 5\r\n\r\nhello`,
    'open',
    { status: 200, error: null, text: 'hello' },
  ],
  ['HTTP/0.9', '<html>hello</html>', 'open', { status: 0, error: 'http-malformed' }],
  ['an SSH banner', 'SSH-2.0-OpenSSH_9.6', 'open', { status: 0, error: 'http-malformed' }],
  ['a flood of 1xx', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(1000), 'open', { status: 0, error: 'http-malformed' }],
  [
    'a 204 with a body',
    'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello',
    'open',
    { status: 204, error: null, text: '' },
  ],
  [
    'a 304 with a body',
    'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello',
    'open',
    { status: 304, error: null, text: '' },
  ],
  [
    'an upgrade that nobody asked for',
    'HTTP/1.1 101 Switching Protocols\r\n\r\n\x00\x01',
    'open',
    { status: 101, error: null, text: '' },
  ],
];

for (const { name: transport, isShared, serve, fetcherFor } of TRANSPORTS) {
  for (const [name, bytes, ends, told] of TABLE) {
    test(`fetch over ${transport}: survives ${name}`, { timeout: 10_000 }, async () => {
      await using server = await serve((socket) => {
        socket.write(bytes, 'latin1', () => {
          if (ends === 'closed') socket.end();
          // What was written must leave before the reset does, or it is thrown away with it.
          else if (ends === 'reset') setImmediate(() => setImmediate(() => socket.resetAndDestroy()));
        });
        return null;
      });
      await using fetcher = fetcherFor({ bodyBytesMax: 1000 });
      const outcome = await ask(fetcher, server.url);
      for (const field of ['status', 'error', 'truncated'] as const) {
        if (told[field] !== undefined) assert.equal(outcome[field], told[field], `${field}: ${outcome.detail}`);
      }
      if (told.text !== undefined) assert.equal(bodyText(outcome), told.text);
      await until(() => server.sockets.size === 0);
      assert.equal(fetcher.connections.open, isShared ? 1 : 0);
    });
  }

  test(`fetch over ${transport}: a header named __proto__ is a header`, async () => {
    await using server = await serve(() => `${H}__proto__: x\r\nconstructor: y\r\nContent-Length: 0\r\n\r\n`);
    await using fetcher = fetcherFor();
    const { headers, responseHead } = await ask(fetcher, server.url);
    assert.deepEqual(headers.slice(0, 4), ['__proto__', 'x', 'constructor', 'y']);
    assert.match(responseHead, /^HTTP\/1\.1 200 OK\r\n__proto__: x\r\n/);
  });
}
