// Inputs 76: bodies of very many very small pieces. To read each of them costs a hundred times what its bytes cost.

import { gzipSync } from 'node:zlib';
import * as h2 from '../../helpers/http2-frames.ts';
import type { Http2Peer } from '../../helpers/http2-server.ts';
import { CHUNKED, done, type HostileInput, page, type Served } from '../hostile-input.ts';

const group = 'pieces';
const WIRE_BYTES = 1_900_000;
const CHUNKED_BYTES = 2_400_000;
/** Pages of one host that come at once. */
const AT_ONCE = 16;
const HEADS = 200;

const times = (piece: string | Buffer, bytes = WIRE_BYTES): Buffer => {
  const one = Buffer.from(piece);
  return Buffer.alloc(Math.floor(bytes / one.length) * one.length, one);
};
const chunks = (piece: string): Buffer =>
  Buffer.concat([Buffer.from(CHUNKED), times(piece, CHUNKED_BYTES), Buffer.from('0\r\n\r\n')]);
const coded = (coding: string, ...body: readonly (string | Buffer)[]): Buffer =>
  page(Buffer.concat(body.map((each) => Buffer.from(each))), `Content-Encoding: ${coding}\r\n`);

const BYTES = chunks('1\r\nx\r\n');
const RIGHT = '<title>right</title>';
/** A block of deflate or brotli, and a frame of zstd, that holds nothing. */
const STORED_BLOCK = Buffer.from([0, 0, 0, 0xff, 0xff]);
const SKIPPED_FRAME = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]);
const METADATA_BLOCK = Buffer.from([6]);

/** As many frames as the window of the stream has room for, and its end. */
const frames =
  (payload: Buffer, count: number): Served =>
  (peer) => {
    const { stream } = peer as Http2Peer;
    const one = h2.frame(h2.DATA, 0, stream.id!, payload);
    const end = h2.frame(h2.DATA, h2.END_STREAM, stream.id!);
    (peer as Http2Peer).raw(Buffer.concat([h2.head(stream.id!, h2.OK), Buffer.alloc(count * one.length, one), end]));
  };

const manyOf = <T>(count: number, one: (at: number) => T): Record<string, T> =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`/hostile${at}`, one(at)]));
const many = <T>(one: T): Record<string, T> => manyOf(AT_ONCE, () => one);

/** As many as are taken of one response, each as long as one may be. */
const cookies = (page: number): string =>
  Array.from({ length: 50 }, (_, at) => `Set-Cookie: c${page}-${at}=${'v'.repeat(4_000)}\r\n`).join('');

export const PIECES: readonly HostileInput[] = [
  {
    number: '76a',
    what: 'a body in chunks of a byte',
    group,
    serves: { '/hostile': BYTES },
    becomes: { '/hostile': done() },
  },
  {
    number: '76b',
    what: 'a body in chunks of a byte, each with an extension',
    group,
    serves: { '/hostile': chunks('0001;a=b\r\nx\r\n') },
    becomes: { '/hostile': done() },
  },
  {
    number: '76c',
    what: `${AT_ONCE} bodies in chunks of a byte at once`,
    group,
    serves: many(BYTES),
    becomes: many(done()),
  },
  {
    number: '76d',
    what: 'a body in chunks of a byte, over TLS',
    group,
    tls: 'good',
    serves: { '/hostile': BYTES },
    becomes: { '/hostile': done() },
  },
  {
    number: '76e',
    what: 'members of gzip that hold nothing',
    group,
    serves: { '/hostile': coded('gzip', times(gzipSync('')), gzipSync(RIGHT)) },
    becomes: { '/hostile': done(200, { title: 'right' }) },
  },
  {
    number: '76f',
    what: 'blocks of deflate that hold nothing',
    group,
    serves: {
      '/hostile': coded('deflate', Buffer.from([0x78, 0x9c]), times(STORED_BLOCK), Buffer.from([3, 0, 0, 0, 0, 1])),
    },
    becomes: { '/hostile': done() },
  },
  {
    number: '76g',
    what: 'blocks of brotli that hold nothing',
    group,
    serves: { '/hostile': coded('br', Buffer.from([0x0c]), times(METADATA_BLOCK), Buffer.from([3])) },
    becomes: { '/hostile': done() },
  },
  {
    number: '76h',
    what: 'frames of zstd that hold nothing',
    group,
    serves: { '/hostile': coded('zstd', times(SKIPPED_FRAME)) },
    becomes: { '/hostile': done() },
  },
  {
    number: '76i',
    what: 'HTTP/2: frames of a byte',
    group,
    tls: 'good',
    http2: true,
    serves: many(frames(Buffer.from('x'), 15_000)),
    becomes: many(done()),
  },
  {
    number: '76j',
    what: `${HEADS} heads of 200 KB of cookies`,
    group,
    serves: manyOf(HEADS, (at) => page('<title>right</title>', cookies(at))),
    becomes: manyOf(HEADS, () => done(200, { title: 'right' })),
  },
];
