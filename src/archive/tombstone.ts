// A tombstone replaces a removed record. It has exactly the same number of bytes, so all later records keep the offsets
// that the store and the indexes know.

import { onDemand } from '../base/on-demand.ts';
import { zstdChecksum } from './compress.ts';
import { blockHead, GZIP_HEAD, memberEnd, STORED_BLOCK_BYTES_MAX } from './stored-member.ts';
import { warcDate } from './warc-record.ts';

const crypto = onDemand<typeof import('node:crypto')>('node:crypto');
const zlib = onDemand<typeof import('node:zlib')>('node:zlib');

/** A way to store bytes uncompressed, in blocks. */
interface Wrapping {
  readonly blockBytesMax: number;
  readonly blockHeadBytes: number;
  readonly aroundBytes: number;
  readonly wrap: (bytes: Buffer, blocks: number) => Buffer;
}

/** The longest block of zstd. */
const ZSTD_BLOCK_BYTES_MAX = 128 * 1024;
/** A frame head with an eight-byte content size, a checksum and a window of one block (RFC 8878, section 3.1.1.1). */
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
 * A metadata record without a URL, as a member of `file` that is exactly `length` bytes long; `at` is in wall
 * milliseconds. Throws if `length` is too short for any record. A record with a response is always long enough.
 */
export function tombstone(file: string, length: number, at: number): Buffer {
  const [, wrapping] = WRAPPINGS.find(([ending]) => file.endsWith(ending))!;
  const { blockBytesMax, blockHeadBytes, aroundBytes, wrap } = wrapping;
  const room = length - aroundBytes;
  const blocks = Math.max(1, Math.ceil(room / (blockBytesMax + blockHeadBytes)));
  return wrap(paddedRecord(room - blocks * blockHeadBytes, at), blocks);
}

/** A record that is `length` bytes long in total. */
function paddedRecord(length: number, at: number): Buffer {
  const said = Buffer.from('This record was removed.\n');
  const own = ['WARC/1.1', 'WARC-Type: metadata', `WARC-Record-ID: <urn:uuid:${crypto().randomUUID()}>`];
  own.push(`WARC-Date: ${warcDate(at)}`, 'Content-Type: text/plain');
  const headOf = (block: Buffer, gap: number): string => {
    const digest = `WARC-Block-Digest: sha256:${crypto().hash('sha256', block, 'hex')}`;
    return `${[...own, digest, `Content-Length: ${block.length}${' '.repeat(gap)}`].join('\r\n')}\r\n\r\n`;
  };
  const blockOf = (bytes: number): Buffer => Buffer.concat([said, Buffer.alloc(bytes, ' ')]).subarray(0, bytes);
  // One more digit in Content-Length can leave one byte that the block cannot fill; padding fills it.
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
  return Buffer.concat([GZIP_HEAD, ...cuts, memberEnd(zlib().crc32(bytes), bytes.length)]);
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

/** Splits the bytes into exactly `blocks` blocks, each after its head; the last block may be empty. */
function cut(bytes: Buffer, blocks: number, most: number, head: (block: Buffer, isLast: boolean) => Buffer): Buffer[] {
  return Array.from({ length: blocks }, (_, at) => {
    const block = bytes.subarray(at * most, (at + 1) * most);
    return [head(block, at === blocks - 1), block];
  }).flat();
}
