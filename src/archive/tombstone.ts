// What stands in the archive where a record was taken out: a record of exactly as many bytes, so that everything behind it stays where the
// store and the indexes say.

import { hash, randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { zstdChecksum } from './compress.ts';
import { blockHead, GZIP_HEAD, memberEnd, STORED_BLOCK_BYTES_MAX } from './stored-member.ts';
import { warcDate } from './warc-record.ts';

/** A way to wrap bytes as they are, in blocks. */
interface Wrapping {
  readonly blockBytesMax: number;
  readonly blockHeadBytes: number;
  readonly aroundBytes: number;
  readonly wrap: (bytes: Buffer, blocks: number) => Buffer;
}

/** Of a block of zstd. */
const ZSTD_BLOCK_BYTES_MAX = 128 * 1024;
/** With the length of the content in eight bytes and a checksum; a window as long as a block (RFC 8878, section 3.1.1.1). */
const ZSTD_HEAD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xc4, 0x38]);

const WRAPPINGS: readonly (readonly [ending: string, wrapping: Wrapping])[] = [
  ['.gz', { blockBytesMax: STORED_BLOCK_BYTES_MAX, blockHeadBytes: 5, aroundBytes: 18, wrap: inGzip }],
  [
    '.zst',
    { blockBytesMax: ZSTD_BLOCK_BYTES_MAX, blockHeadBytes: 3, aroundBytes: ZSTD_HEAD.length + 12, wrap: inZstd },
  ],
  ['', { blockBytesMax: Number.POSITIVE_INFINITY, blockHeadBytes: 0, aroundBytes: 0, wrap: (bytes) => bytes }],
];

/**
 * A metadata record without a URL, as a member of `file` that is `length` bytes long; `at` is wall milliseconds. Throws where that is too short
 * for any record, which no record is that holds a response.
 */
export function tombstone(file: string, length: number, at: number): Buffer {
  const [, wrapping] = WRAPPINGS.find(([ending]) => file.endsWith(ending))!;
  const { blockBytesMax, blockHeadBytes, aroundBytes, wrap } = wrapping;
  const room = length - aroundBytes;
  const blocks = Math.max(1, Math.ceil(room / (blockBytesMax + blockHeadBytes)));
  return wrap(paddedRecord(room - blocks * blockHeadBytes, at), blocks);
}

/** A record that is `length` bytes long, all of it counted. */
function paddedRecord(length: number, at: number): Buffer {
  const said = Buffer.from('This record was removed.\n');
  const own = ['WARC/1.1', 'WARC-Type: metadata', `WARC-Record-ID: <urn:uuid:${randomUUID()}>`];
  own.push(`WARC-Date: ${warcDate(at)}`, 'Content-Type: text/plain');
  const headOf = (block: Buffer, gap: number): string => {
    const digest = `WARC-Block-Digest: sha256:${hash('sha256', block, 'hex')}`;
    return `${[...own, digest, `Content-Length: ${block.length}${' '.repeat(gap)}`].join('\r\n')}\r\n\r\n`;
  };
  const blockOf = (bytes: number): Buffer => Buffer.concat([said, Buffer.alloc(bytes, ' ')]).subarray(0, bytes);
  // One digit more in the length may leave a byte that no block fills.
  for (let bytes = length; bytes >= 0; bytes -= 1) {
    const block = blockOf(bytes);
    const left = length - block.length - 4 - headOf(block, 0).length;
    if (left >= 0) return Buffer.concat([Buffer.from(headOf(block, left)), block, Buffer.from('\r\n\r\n')]);
    bytes = Math.min(bytes, bytes + left + 1);
  }
  throw new Error(`a record of ${length} bytes has no room for a tombstone`);
}

function inGzip(bytes: Buffer, blocks: number): Buffer {
  const cuts = cut(bytes, blocks, STORED_BLOCK_BYTES_MAX, blockHead);
  return Buffer.concat([GZIP_HEAD, ...cuts, memberEnd(crc32(bytes), bytes.length)]);
}

function inZstd(bytes: Buffer, blocks: number): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  const head = (block: Buffer, isLast: boolean): Buffer => {
    const bytes = Buffer.alloc(3);
    bytes.writeUIntLE((block.length << 3) | (isLast ? 1 : 0), 0, 3);
    return bytes;
  };
  const cuts = cut(bytes, blocks, ZSTD_BLOCK_BYTES_MAX, head);
  return Buffer.concat([ZSTD_HEAD, length, ...cuts, zstdChecksum(bytes)]);
}

/** So many blocks, the last of them perhaps empty, each behind its head. */
function cut(bytes: Buffer, blocks: number, most: number, head: (block: Buffer, isLast: boolean) => Buffer): Buffer[] {
  return Array.from({ length: blocks }, (_, at) => {
    const block = bytes.subarray(at * most, (at + 1) * most);
    return [head(block, at === blocks - 1), block];
  }).flat();
}
