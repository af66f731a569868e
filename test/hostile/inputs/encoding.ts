// Inputs 25 to 29: bodies that are coded to do harm, or not as they say.

import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { done, failed, type HostileInput, page } from '../hostile-input.ts';

const group = 'host';
const ZEROS = Buffer.alloc(64 * 1024 * 1024);
const coded = (coding: string, body: string | Buffer): Buffer => page(body, `Content-Encoding: ${coding}\r\n`);
const RIGHT = `<title>right</title>${'<p>Text that is long enough to be cut.</p>'.repeat(50)}`;
/** All that was sent is kept, so the record is whole, and what could be unpacked is read. */
const damaged = done(200, { title: 'right', detail: 'the gzip is damaged' });
const fast = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };

function wrongChecksum(): Buffer {
  const packed = gzipSync(RIGHT);
  packed[packed.length - 6]! ^= 0xff;
  return packed;
}

const BOMBS: readonly (readonly [letter: string, coding: string, packed: Buffer])[] = [
  ['a', 'gzip', gzipSync(ZEROS)],
  ['b', 'deflate', deflateSync(ZEROS)],
  ['c', 'br', brotliCompressSync(ZEROS, fast)],
  ['d', 'zstd', zstdCompressSync(ZEROS)],
];

export const ENCODING: readonly HostileInput[] = [
  ...BOMBS.map(
    ([letter, coding, packed]): HostileInput => ({
      number: `25${letter}`,
      what: `64 MB of zeros in ${coding}`,
      group,
      serves: { '/hostile': coded(coding, packed) },
      becomes: {
        '/hostile': done(200, { truncated: 'length', detail: `the ${coding} was cut at`, isKeptWhole: true }),
      },
    }),
  ),
  {
    number: '26',
    what: 'a chain of 1,000 codings',
    group,
    serves: { '/hostile': coded(Array(1_000).fill('gzip').join(', '), gzipSync(RIGHT)) },
    becomes: {
      '/hostile': failed('decode', { status: 200, detail: '1000 content codings one on the other, 2 are the most' }),
    },
  },
  {
    number: '27a',
    what: 'a gzip that ends too early',
    group,
    serves: { '/hostile': coded('gzip', gzipSync(RIGHT).subarray(0, -12)) },
    becomes: { '/hostile': damaged },
  },
  {
    number: '27b',
    what: 'a gzip with a wrong checksum',
    group,
    serves: { '/hostile': coded('gzip', wrongChecksum()) },
    becomes: { '/hostile': damaged },
  },
  {
    number: '28a',
    what: 'declared gzip that is plain',
    group,
    serves: { '/hostile': coded('gzip', RIGHT) },
    becomes: { '/hostile': done(200, { title: 'right', detail: 'declared gzip, is not' }) },
  },
  {
    number: '29a',
    what: 'a coding that nobody knows',
    group,
    serves: { '/hostile': coded('exi', `${RIGHT}x`) },
    becomes: { '/hostile': done(200, { detail: 'the content coding "exi" cannot be undone' }) },
  },
];
