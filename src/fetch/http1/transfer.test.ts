import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import zlib from 'node:zlib';
import { ask, bodyText } from '../../../test/helpers/raw-server.ts';
import { TRANSPORTS } from '../../../test/helpers/transports.ts';
import type { Outcome } from '../../base/contracts.ts';
import type { FetchOptions } from '../fetch.ts';

const TEXT = 'hello '.repeat(2_000);

function chunked(bytes: Uint8Array): string {
  const half = bytes.length >> 1;
  const chunk = (part: Uint8Array): string => `${part.length.toString(16)}\r\n${latin1(part)}\r\n`;
  return `${chunk(bytes.subarray(0, half))}${chunk(bytes.subarray(half))}0\r\n\r\n`;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

const gzip = zlib.gzipSync(TEXT);
const CODED: readonly (readonly [fields: string, body: string])[] = [
  ['Transfer-Encoding: gzip, chunked\r\n', chunked(gzip)],
  ['Transfer-Encoding: X-Gzip , Chunked\r\n', chunked(gzip)],
  ['Transfer-Encoding: deflate, chunked\r\n', chunked(zlib.deflateSync(TEXT))],
  ['Transfer-Encoding: gzip\r\ntransfer-encoding: chunked\r\n', chunked(gzip)],
  ['Transfer-Encoding: deflate, gzip, chunked\r\n', chunked(zlib.gzipSync(zlib.deflateSync(TEXT)))],
  ['Transfer-Encoding: gzip\r\n', latin1(gzip)],
  [`Transfer-Encoding: gzip\r\nContent-Length: ${gzip.length}\r\n`, latin1(gzip)],
  ['Transfer-Encoding: gzip, chunked\r\n', chunked(Buffer.from(TEXT))],
  ['Transfer-Encoding: identity, chunked\r\n', chunked(Buffer.from(TEXT))],
];

for (const { name: transport, serve, fetcherFor } of TRANSPORTS) {
  /** What comes of a response with these fields and this body, after which the server closes. */
  async function answered(fields: string, body: string, options: Partial<FetchOptions> = {}): Promise<Outcome> {
    await using server = await serve((socket) => {
      socket.end(Buffer.from(`HTTP/1.1 200 OK\r\n${fields}\r\n${body}`, 'latin1'));
      return null;
    });
    await using fetcher = fetcherFor(options);
    return await ask(fetcher, server.url);
  }

  for (const [at, [fields, body]] of CODED.entries()) {
    test(`transferLayer over ${transport}: ${JSON.stringify(fields)} is undone before anybody sees the body (${at})`, async () => {
      const outcome = await answered(fields, body);
      assert.deepEqual([outcome.error, outcome.truncated], [null, null], outcome.detail);
      assert.equal(latin1(outcome.rawBody), TEXT);
      assert.equal(bodyText(outcome), TEXT);
    });
  }

  test(`transferLayer over ${transport}: the content coding beneath it stays in the raw body`, async () => {
    const outcome = await answered(
      'Content-Encoding: br\r\nTransfer-Encoding: gzip, chunked\r\n',
      chunked(zlib.gzipSync(zlib.brotliCompressSync(TEXT))),
    );
    assert.equal(bodyText(outcome), TEXT);
    assert.deepEqual(Buffer.from(outcome.rawBody), zlib.brotliCompressSync(TEXT));
  });

  test(`transferLayer over ${transport}: a long body goes to no file while it is coded`, async () => {
    const long = Buffer.alloc(3_000_000, 'x');
    await using server = await serve((socket) => {
      socket.end(
        Buffer.from(
          `HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n${chunked(zlib.gzipSync(long, { level: 0 }))}`,
          'latin1',
        ),
      );
      return null;
    });
    await using fetcher = fetcherFor({ bodyBytesMax: 4_000_000 });
    const spool = (): never => assert.fail('it was asked for a file');
    const outcome = await fetcher.fetch({ url: server.url, method: 'GET', spool }, new AbortController().signal);
    const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
    assert.equal(digest(outcome.rawBody), digest(long));
  });

  test(`transferLayer over ${transport}: what is damaged on its way is cut, and may be asked for again`, async () => {
    const outcome = await answered('Transfer-Encoding: gzip, chunked\r\n', chunked(gzip.subarray(0, -12)));
    assert.deepEqual([outcome.error, outcome.truncated], ['disconnect', 'disconnect']);
    assert.ok(TEXT.startsWith(bodyText(outcome)));
  });

  test(`transferLayer over ${transport}: a bomb is cut at the limit`, async () => {
    const bomb = zlib.gzipSync(Buffer.alloc(8_000_000));
    const outcome = await answered('Transfer-Encoding: gzip, chunked\r\n', chunked(bomb), { bodyBytesMax: 100_000 });
    assert.deepEqual([outcome.error, outcome.truncated, outcome.rawBody.length], [null, 'length', 100_000]);
  });

  test(`transferLayer over ${transport}: of a coding that we lack, and of too many, nothing is made`, async () => {
    const lacking = await answered('Transfer-Encoding: compress, chunked\r\n', chunked(gzip));
    assert.deepEqual([lacking.error, lacking.isCoded, lacking.body.length], [null, true, 0]);
    assert.match(lacking.detail, /^the transfer coding "compress" cannot be undone/);
    assert.equal(lacking.rawBody.length, gzip.length);
    const many = await answered(`Transfer-Encoding: ${'gzip, '.repeat(100)}chunked\r\n`, chunked(gzip));
    assert.deepEqual([many.error, many.body.length], ['decode', 0]);
  });
}
