import assert from 'node:assert/strict';
import { test } from 'node:test';
import zlib from 'node:zlib';
import { seededRandom } from '../../test/helpers/random.ts';
import { BodyBudget } from '../base/body-budget.ts';
import type { Outcome } from '../base/contracts.ts';
import { DECODE_FREE_BYTES, DECODE_RATIO_MAX, DECODE_SYNC_BYTES_MAX } from '../base/limits.ts';
import { blankOutcome } from './blank-outcome.ts';
import { createDecoding, decodeLayer } from './decode.ts';

const BODY_MAX = 8 * 1024 * 1024;
const { signal } = new AbortController();

function decoded(coding: string, rawBody: Uint8Array, part: Partial<Outcome> = {}): Promise<Outcome> {
  const outcome: Outcome = {
    ...blankOutcome('http://a.test/', 0),
    status: 200,
    headers: ['Content-Type', 'text/html', 'content-ENCODING', coding],
    rawBody,
    body: rawBody,
    ...part,
  };
  return decodeLayer(createDecoding(BODY_MAX, new BodyBudget(BODY_MAX)))(() => Promise.resolve(outcome))(
    { url: outcome.url, method: 'GET' },
    signal,
  );
}

/** Text that compresses a little: hexadecimal digits. */
function noise(bytes: number): Buffer {
  const random = seededRandom(7);
  return Buffer.from(Array.from({ length: bytes }, () => '0123456789abcdef'.charCodeAt(random() * 16)));
}

const SMALL = Buffer.from('<p>hello</p>'.repeat(100));
const LARGE = noise(4 * DECODE_SYNC_BYTES_MAX);
const CODERS: readonly (readonly [string, string, (bytes: Uint8Array) => Buffer])[] = [
  ['gzip', 'gzip', zlib.gzipSync],
  ['x-gzip', 'X-GZIP', zlib.gzipSync],
  ['gz', 'gz', zlib.gzipSync],
  ['a media type of gzip', 'application/gzip', zlib.gzipSync],
  ['an older media type of gzip', 'Application/X-GZIP', zlib.gzipSync],
  ['deflate', 'deflate', zlib.deflateSync],
  ['deflate without a frame', 'deflate', zlib.deflateRawSync],
  ['br', 'br', zlib.brotliCompressSync],
  ['zstd', 'zstd', zlib.zstdCompressSync],
];

for (const [name, coding, encode] of CODERS) {
  for (const [size, plain] of [
    ['small', SMALL],
    ['large', LARGE],
  ] as const) {
    test(`decodeLayer: undoes ${name} of a ${size} body`, async () => {
      const raw = encode(plain);
      const outcome = await decoded(coding, raw);
      assert.deepEqual(Buffer.from(outcome.body), plain);
      assert.equal(outcome.rawBody, raw);
      assert.deepEqual([outcome.error, outcome.truncated, outcome.detail], [null, null, '']);
    });

    test(`decodeLayer: keeps what there is of an unfinished ${name} of a ${size} body`, async () => {
      const raw = encode(plain);
      const outcome = await decoded(coding, raw.subarray(0, raw.length - 6));
      assert.deepEqual([outcome.error, outcome.truncated, outcome.isDamaged], [null, null, true]);
      assert.match(outcome.detail, /is damaged/);
      assert.equal(Buffer.compare(plain.subarray(0, outcome.body.length), Buffer.from(outcome.body)), 0);
      if (coding === 'gzip') assert.ok(outcome.body.length > 0);
    });
  }

  test(`decodeLayer: cuts a bomb of ${name}`, async () => {
    const raw = encode(Buffer.alloc(3 * BODY_MAX));
    const outcome = await decoded(coding, raw);
    assert.deepEqual([outcome.error, outcome.truncated], [null, 'length']);
    assert.equal(outcome.body.length, Math.min(BODY_MAX, Math.max(DECODE_FREE_BYTES, DECODE_RATIO_MAX * raw.length)));
  });

  test(`decodeLayer: a body that is declared ${name} and is not is as it came`, async () => {
    const outcome = await decoded(coding, SMALL);
    assert.equal(Buffer.from(outcome.body).toString(), SMALL.toString());
    assert.deepEqual([outcome.error, outcome.truncated], [null, null]);
    assert.match(outcome.detail, /^declared .*, is not$/);
  });
}

test('decodeLayer: a gzip with a wrong checksum keeps its bytes', async () => {
  for (const plain of [SMALL, LARGE]) {
    const raw = zlib.gzipSync(plain);
    raw[raw.length - 6]! ^= 0xff;
    const outcome = await decoded('gzip', raw);
    assert.deepEqual(Buffer.from(outcome.body), plain);
    assert.deepEqual([outcome.truncated, outcome.isDamaged], [null, true]);
  }
});

test('decodeLayer: a stream of deflate whose last block is there is whole, whatever stands behind it', async () => {
  for (const plain of [SMALL, LARGE]) {
    const [gzip, zip] = [zlib.gzipSync(plain), zlib.deflateSync(plain)];
    const frames: readonly (readonly [coding: string, raw: Buffer])[] = [
      ...[1, 4, 8].map((lost) => ['gzip', gzip.subarray(0, -lost)] as const),
      ['gzip', Buffer.concat([gzip.subarray(0, -8), Buffer.alloc(8)])],
      ...[1, 4].map((lost) => ['deflate', zip.subarray(0, -lost)] as const),
      ['deflate', Buffer.concat([zip.subarray(0, -4), Buffer.alloc(4)])],
    ];
    for (const [coding, raw] of frames) {
      const { body, isDamaged, isWhole } = await decoded(coding, raw);
      assert.deepEqual(Buffer.from(body), plain);
      assert.deepEqual([isDamaged, isWhole], [true, true]);
    }
    for (const raw of [gzip.subarray(0, -12), Buffer.concat([gzip, gzip.subarray(0, -12)])])
      assert.deepEqual([(await decoded('gzip', raw)).isWhole], [false]);
    assert.equal((await decoded('gzip, gzip', zlib.gzipSync(gzip.subarray(0, -12)).subarray(0, -8))).isWhole, false);
    assert.equal((await decoded('gzip, gzip', zlib.gzipSync(gzip.subarray(0, -8)).subarray(0, -8))).isWhole, true);
  }
});

test('decodeLayer: a gzip that lies about its length is decoded all the same, as one with a wrong end', async () => {
  for (const length of [0, 1, SMALL.length - 1, SMALL.length + 1, 2 ** 32 - 1]) {
    const raw = zlib.gzipSync(SMALL);
    raw.writeUInt32LE(length, raw.length - 4);
    const outcome = await decoded('gzip', raw);
    assert.deepEqual(Buffer.from(outcome.body), SMALL);
    assert.deepEqual([outcome.truncated, outcome.isDamaged], [null, true]);
  }
});

test('decodeLayer: a gzip whose length is that of its last member alone is decoded whole', async () => {
  const raw = Buffer.concat([zlib.gzipSync(SMALL), zlib.gzipSync(''), zlib.gzipSync('x')]);
  assert.equal(Buffer.from((await decoded('gzip', raw)).body).toString(), `${SMALL}x`);
});

test('decodeLayer: a gzip that is damaged in its middle keeps its beginning', async () => {
  const raw = zlib.gzipSync(LARGE);
  raw.fill(0xff, raw.length >> 1, (raw.length >> 1) + 100);
  const { body, truncated, isDamaged } = await decoded('gzip', raw);
  assert.deepEqual([truncated, isDamaged], [null, true]);
  const same = Buffer.from(body).findIndex?.((byte, at) => byte !== LARGE[at]) ?? -1;
  assert.ok((same < 0 ? body.length : same) > LARGE.length / 4);
});

test('decodeLayer: members of gzip one after the other are one body, and padding after them is nothing', async () => {
  const two = Buffer.concat([zlib.gzipSync('hello '), zlib.gzipSync('world')]);
  assert.equal(Buffer.from((await decoded('gzip', two)).body).toString(), 'hello world');
  const padded = await decoded('gzip', Buffer.concat([zlib.gzipSync(SMALL), Buffer.from('padding')]));
  assert.deepEqual(Buffer.from(padded.body), SMALL);
  assert.equal(padded.isDamaged, undefined);
});

test('decodeLayer: a zstd that asks for a huge window gets none', async () => {
  const params = { [zlib.constants.ZSTD_c_windowLog]: 27 };
  const streamed = zlib.createZstdCompress({ params });
  streamed.end(LARGE);
  const outcome = await decoded('zstd', Buffer.concat(await streamed.toArray()));
  assert.deepEqual([outcome.body.length, outcome.isDamaged], [0, true]);
  assert.match(outcome.detail, /memory/);
});

test('decodeLayer: two codings are undone in turn, the last first', async () => {
  const outcome = await decoded('gzip, br', zlib.brotliCompressSync(zlib.gzipSync(SMALL)));
  assert.deepEqual(Buffer.from(outcome.body), SMALL);
});

test('decodeLayer: a chain of codings is refused', async () => {
  const outcome = await decoded(Array(1000).fill('gzip').join(','), zlib.gzipSync(SMALL));
  assert.deepEqual([outcome.error, outcome.body.length, outcome.status], ['decode', 0, 200]);
  assert.ok(outcome.rawBody.length > 0);
});

for (const coding of [
  'compress',
  'X-Compress',
  'exi',
  'pack200-gzip',
  'dcb',
  'dcz',
  'aes128gcm',
  'bzip2',
  'xz',
  'lzma',
]) {
  test(`decodeLayer: of ${coding}, which we lack, nothing is made, and that is told`, async () => {
    const { error, body, rawBody, isCoded, detail } = await decoded(coding, SMALL);
    assert.deepEqual([error, body.length, rawBody.length, isCoded], [null, 0, SMALL.length, true]);
    assert.match(detail, new RegExp(`^the content coding "${coding.toLowerCase()}" cannot be undone`));
  });
}

test('decodeLayer: a long body in a file stays as it is, and a coding that we lack, or too many, are told', async () => {
  const spooled = {
    ...{ bytes: 5_000_000, sha256: new Uint8Array(32), beginning: LARGE, path: '/x', failure: null },
    ...{ prove: () => {}, drop: async () => {} },
  };
  const none = new Uint8Array(0);
  for (const [coding, error, detail] of [
    ['xz', null, /^the content coding "xz" cannot be undone/],
    ['gzip, dcb', null, /^the content coding "dcb" cannot be undone/],
    ['compress, br', null, /^the content coding "compress" cannot be undone/],
    ['gzip', null, /^declared gzip, is not$/],
    ['br', null, /^$/],
    ['none', null, /names no coding that is known/],
    ['gzip, gzip, gzip', 'decode', /^3 content codings/],
  ] as const) {
    const outcome = await decoded(coding, none, { spooled });
    assert.deepEqual([outcome.error, outcome.spooled?.bytes], [error, 5_000_000], coding);
    assert.match(outcome.detail, detail, coding);
  }
});

for (const [coding, raw] of [
  ['gzip, deflate', zlib.gzipSync(SMALL)],
  ['gzip, br', zlib.gzipSync(SMALL)],
  ['gzip, zstd', zlib.gzipSync(SMALL)],
  ['br, gzip', zlib.brotliCompressSync(SMALL)],
  ['deflate, gzip', SMALL],
] as const) {
  test(`decodeLayer: of ${coding} the coding that is there is undone, and the other is told`, async () => {
    const { body, detail, isDamaged } = await decoded(coding, raw);
    assert.deepEqual([Buffer.from(body), isDamaged], [SMALL, undefined]);
    assert.match(detail, /^declared \w+, is not$/);
  });
}

test('decodeLayer: a coding that we lack beneath one that we have is not made up for', async () => {
  const { body, isCoded } = await decoded('xz, gzip', zlib.gzipSync(SMALL));
  assert.deepEqual([body.length, isCoded], [0, true]);
});

const NO_CODINGS = [
  ...['identity', '', ' , ', 'none', 'NONE', 'UTF-8', 'utf8', 'iso-8859-1', 'windows-1252', 'binary', '8bit', '7bit'],
  ...['identity, utf-8', 'identity utf-8', 'text/html', 'text/html; charset=utf-8', 'aws-chunked', 'x-unknown'],
  ...['chunked', 'null', 'undefined', '*', 'plain', 'raw', '"identity"', ';q=1', Array(1000).fill('none').join(', ')],
];
for (const coding of NO_CODINGS) {
  test(`decodeLayer: ${JSON.stringify(coding.slice(0, 40))} is nothing to undo`, async () => {
    const { body, detail, isCoded } = await decoded(coding, SMALL);
    const isSaid = /[^,\s]/.test(coding.replaceAll('"', '').replace(/\bidentity\b|;.*/g, ''));
    assert.deepEqual([body === SMALL, isCoded], [true, undefined]);
    assert.match(detail, isSaid ? /^Content-Encoding ".*" names no coding that is known$/ : /^$/);
  });
}

const DISGUISED: readonly (readonly [coding: string, raw: Uint8Array, type: string, detail: RegExp])[] = [
  [
    'foo',
    zlib.gzipSync(SMALL),
    'text/html',
    /^Content-Encoding "foo" names no coding that is known: the body begins like gzip, and was read as it came$/,
  ],
  ['none', zlib.zstdCompressSync(SMALL), 'application/json', /: the body begins like zstd, and/],
  ['bar', zlib.brotliCompressSync(LARGE), 'text/css', /: the body is no text, may be coded, and was/],
  ['utf-8', zlib.deflateSync(SMALL), '', /: the body is no text/],
  ['foo', zlib.gzipSync(SMALL), 'application/gzip', /is known$/],
  ['foo', zlib.gzipSync(SMALL), 'image/png', /is known$/],
  ['utf-16', Buffer.from('\ufeff\u0e01\u0e02 text', 'utf16le'), 'text/html', /is known$/],
  ['foo', Buffer.from('\u0e01\u0e02 text\r\n\t\f\x1b'), 'text/html', /is known$/],
];
for (const [coding, raw, type, expected] of DISGUISED) {
  test(`decodeLayer: ${type} under the coding ${coding} that is none: "${expected.source.slice(1, 27)}"`, async () => {
    const { body, detail, isCoded } = await decoded(coding, raw, {
      headers: ['Content-Type', type, 'Content-Encoding', coding],
    });
    assert.match(detail, expected);
    assert.deepEqual([body === raw, isCoded], [true, undefined]);
  });
}

test('decodeLayer: what is no coding beside one that is does not matter, nor how that is written', async () => {
  for (const coding of ['gzip, utf-8', 'UTF-8,gzip', 'none gzip', '"gzip"', 'gzip;q=1.0', 'Gzip ;x']) {
    const { body, detail } = await decoded(coding, zlib.gzipSync(SMALL));
    assert.deepEqual(Buffer.from(body), SMALL, coding);
    assert.match(detail, /utf|none/i.test(coding) ? /names no coding that is known$/ : /^$/, coding);
  }
  const bare = await decoded('gzip', SMALL, { headers: [] });
  assert.equal(bare.body, SMALL);
});

test('decodeLayer: a body that was cut on its way is decoded as far as it goes, and its own trouble stays', async () => {
  const raw = zlib.gzipSync(LARGE);
  const outcome = await decoded('gzip', raw.subarray(0, raw.length >> 1), {
    truncated: 'time',
    error: 'min-rate',
    detail: 'slow',
  });
  assert.deepEqual([outcome.error, outcome.truncated, outcome.detail], ['min-rate', 'time', 'slow']);
  assert.ok(outcome.body.length > LARGE.length / 4);
});

test('decodeLayer: any bytes under any coding give an outcome', async () => {
  const random = seededRandom(11);
  for (let n = 0; n < 300; n += 1) {
    const [, coding, encode] = CODERS[n % CODERS.length]!;
    const raw = encode(SMALL);
    for (let flips = 0; flips < 3; flips += 1) raw[Math.floor(random() * raw.length)] = Math.floor(random() * 256);
    const outcome = await decoded(coding, raw.subarray(0, Math.floor(random() * raw.length)));
    assert.ok(outcome.error === null && outcome.body.length <= BODY_MAX);
  }
});
