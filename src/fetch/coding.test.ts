import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { Outcome } from '../base/contracts.ts';
import { blankOutcome } from './blank-outcome.ts';
import { createDecoding } from './decode.ts';

const undone = createDecoding(1_000_000);
const decoded = (coding: string, rawBody: Uint8Array): Promise<Outcome> | Outcome => {
  const headers = ['Content-Type', 'text/plain', 'Content-Encoding', coding];
  return undone({ ...blankOutcome('http://a.test/', 0), status: 200, headers, rawBody, body: rawBody });
};
const PAGE = Buffer.from('<a href=/x>x</a>'.repeat(50));

// To Brotli the first ones are whole streams of nothing, and the others streams that break off.
for (const begins of ['3 items', '7 days', '; rules', '=====', '?x', 'Lorem', 'lorem', 'L', 'Cats', '404', ',', '\n']) {
  test(`decode: a text that begins with ${JSON.stringify(begins)} and is declared br, and is not, is the text`, async () => {
    for (const text of [`${begins} é`, `${begins}: User-agent: *\nDisallow: /x\n`, begins + PAGE]) {
      const { body, detail, isDamaged } = await decoded('br', Buffer.from(text));
      assert.deepEqual([Buffer.from(body).toString(), isDamaged], [text, undefined]);
      assert.equal(detail, 'declared br, is not');
    }
  });
}

test('decode: an empty body in any coding is empty', async () => {
  for (const [coding, encode] of [
    ['br', brotliCompressSync],
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['zstd', zstdCompressSync],
  ] as const) {
    const { body, detail } = await decoded(coding, encode(''));
    assert.deepEqual([body.length, detail], [0, ''], coding);
  }
});

test('decode: an echo of Accept-Encoding does not hide the body, whatever its coding', async () => {
  for (const echo of ['gzip, deflate, br', 'gzip, deflate, br, zstd', 'br;q=1.0, gzip;q=0.8, deflate;q=0.1, *;q=0']) {
    for (const raw of [PAGE, gzipSync(PAGE), deflateSync(PAGE), brotliCompressSync(PAGE)]) {
      const { body, error, detail } = await decoded(echo, raw);
      assert.deepEqual([Buffer.from(body), error], [PAGE, null], echo);
      assert.match(detail, /^declared \w+, is not$/);
    }
  }
});

test('decode: of codings one on the other two are undone, and no more', async () => {
  for (const [coding, raw] of [
    ['deflate, gzip, br', brotliCompressSync(gzipSync(deflateSync(PAGE)))],
    ['deflate, gzip, br, zstd', brotliCompressSync(gzipSync(deflateSync(PAGE)))],
    ['gzip, x-gzip, gz', gzipSync(gzipSync(gzipSync(PAGE)))],
  ] as const) {
    const { body, error, detail } = await decoded(coding, raw);
    assert.deepEqual([body.length, error], [0, 'decode'], coding);
    assert.match(detail, /^\d content codings one on the other, 2 are the most$/);
  }
});
