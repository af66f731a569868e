// Makes gzip members that store their bytes uncompressed (RFC 1951, section 3.2.4). It serves bytes that a compressor
// would not shorten by more than it costs to start one.

import { onDemand } from '../base/on-demand.ts';

const zlib = onDemand<typeof import('node:zlib')>('node:zlib');

export const GZIP_HEAD = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
export const STORED_BLOCK_BYTES_MAX = 65_535;

export function storedMember(bytes: Buffer): Buffer {
  const pieces: Buffer[] = [GZIP_HEAD];
  for (let at = 0; at === 0 || at < bytes.length; at += STORED_BLOCK_BYTES_MAX) {
    const block = bytes.subarray(at, at + STORED_BLOCK_BYTES_MAX);
    pieces.push(blockHead(block, at + block.length === bytes.length), block);
  }
  return Buffer.concat([...pieces, memberEnd(zlib().crc32(bytes), bytes.length)]);
}

/** The same for bytes that arrive in pieces. */
export async function* storedStream(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let checksum = 0;
  let length = 0;
  yield GZIP_HEAD;
  for await (const bytes of chunks) {
    checksum = zlib().crc32(bytes, checksum);
    length += bytes.length;
    for (let at = 0; at < bytes.length; at += STORED_BLOCK_BYTES_MAX) {
      const block = bytes.subarray(at, at + STORED_BLOCK_BYTES_MAX);
      yield blockHead(block, false);
      yield block;
    }
  }
  // It cannot know which piece is the last one, so it ends with an empty block.
  yield blockHead(Buffer.alloc(0), true);
  yield memberEnd(checksum, length);
}

export function blockHead(block: Buffer, isLast: boolean): Buffer {
  const head = Buffer.from([isLast ? 1 : 0, 0, 0, 0, 0]);
  head.writeUInt16LE(block.length, 1);
  head.writeUInt16LE(~block.length & 0xffff, 3);
  return head;
}

export function memberEnd(checksum: number, length: number): Buffer {
  const end = Buffer.alloc(8);
  end.writeUInt32LE(checksum);
  end.writeUInt32LE(length % 2 ** 32, 4);
  return end;
}
