// Records as members of a compressed file: each can be read by itself, from its offset (WARC 1.1, annex D).

import { promisify } from 'node:util';
import {
  constants,
  crc32,
  createGzip,
  deflateRawSync,
  gzip,
  gzipSync,
  zstdCompress,
  zstdCompressSync,
} from 'node:zlib';
import { COMPRESS_JOBS_MAX, COMPRESS_SYNC_BYTES_MAX, STORED_BYTES_MAX } from '../base/limits.ts';
import { createTurns } from '../base/turns.ts';

export type Compression = 'gzip' | 'zstd' | 'none';

/** At once, or in a thread of zlib's where there is much. */
export type Compressor = (record: Buffer) => Buffer | Promise<Buffer>;
/** The same as it comes, for what is too long for memory. Each piece is done with before the next one is asked for. */
export type StreamCompressor = (record: AsyncIterable<Buffer>, isPacked: boolean) => AsyncIterable<Buffer>;

export const GZIP_HEAD = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);

/** No content size, no checksum, a window as long as a block. */
export const ZSTD_HEAD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x38]);
export const ZSTD_BLOCK_BYTES_MAX = 128 * 1024;
export const STORED_BLOCK_BYTES_MAX = 65_535;
const ZSTD_LAST_BLOCK = Buffer.from([1, 0, 0]);

const inThread = { gzip: promisify(gzip), zstd: promisify(zstdCompress) };

export function createCompressor(compression: Compression, level: number): Compressor {
  const turns = createTurns(COMPRESS_JOBS_MAX);
  const zstdOptions = { params: { [constants.ZSTD_c_compressionLevel]: level } };
  switch (compression) {
    case 'none':
      return (record) => record;
    case 'zstd':
      return (record) => {
        if (record.length <= COMPRESS_SYNC_BYTES_MAX) return zstdCompressSync(record, zstdOptions);
        return turns(() => inThread.zstd(record, zstdOptions));
      };
    case 'gzip':
      return (record) => {
        if (record.length <= STORED_BYTES_MAX) return storedMember(record);
        if (record.length <= COMPRESS_SYNC_BYTES_MAX) return gzipSync(record, { level });
        return turns(() => inThread.gzip(record, { level }));
      };
  }
}

/** Bytes that are packed already are stored as they are. */
export function createStreamCompressor(compression: Compression, level: number): StreamCompressor {
  switch (compression) {
    case 'none':
      return (record) => record;
    case 'zstd':
      return storedFrame;
    case 'gzip':
      return (record, isPacked) => (isPacked ? storedStream(record) : gzipStream(record, level));
  }
}

/** Compressing these bytes would save less than a tenth. */
export function isPacked(bytes: Buffer): boolean {
  return deflateRawSync(bytes, { level: 1 }).length > bytes.length * 0.9;
}

async function* gzipStream(record: AsyncIterable<Buffer>, level: number): AsyncGenerator<Buffer> {
  const engine = createGzip({ level });
  const fill = async (): Promise<void> => {
    for await (const bytes of record) {
      await new Promise<void>((resolve, reject) => {
        engine.write(bytes, (error) => (error ? reject(error) : resolve()));
      });
    }
    engine.end();
  };
  // Whoever reads the result is told what went wrong with the source.
  fill().catch((error) => engine.destroy(error));
  yield* engine;
}

/** A gzip member of blocks that hold their bytes as they are (RFC 1951, section 3.2.4). */
async function* storedStream(record: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let checksum = 0;
  let length = 0;
  yield GZIP_HEAD;
  for await (const bytes of record) {
    checksum = crc32(bytes, checksum);
    length += bytes.length;
    for (let at = 0; at < bytes.length; at += STORED_BLOCK_BYTES_MAX) {
      const block = bytes.subarray(at, at + STORED_BLOCK_BYTES_MAX);
      const head = Buffer.alloc(5);
      head.writeUInt16LE(block.length, 1);
      head.writeUInt16LE(~block.length & 0xffff, 3);
      yield head;
      yield block;
    }
  }
  const end = Buffer.from([1, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0]);
  end.writeUInt32LE(checksum, 5);
  end.writeUInt32LE(length % 2 ** 32, 9);
  yield end;
}

/**
 * A frame that holds its bytes as they are (RFC 8878, sections 3.1.1.1 and 3.1.1.2), packed already or not: Node's stream may put a second, empty frame
 * behind the first, and a record must be one.
 */
async function* storedFrame(record: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield ZSTD_HEAD;
  for await (const bytes of record) {
    for (let at = 0; at < bytes.length; at += ZSTD_BLOCK_BYTES_MAX) {
      const block = bytes.subarray(at, at + ZSTD_BLOCK_BYTES_MAX);
      const head = Buffer.alloc(3);
      head.writeUIntLE(block.length << 3, 0, 3);
      yield head;
      yield block;
    }
  }
  yield ZSTD_LAST_BLOCK;
}

/** A gzip member that holds its bytes as they are (RFC 1951, section 3.2.4): setting up a compressor costs more than it would save. */
export function storedMember(bytes: Buffer): Buffer {
  const member = Buffer.allocUnsafe(GZIP_HEAD.length + 5 + bytes.length + 8);
  GZIP_HEAD.copy(member);
  member[10] = 1;
  member.writeUInt16LE(bytes.length, 11);
  member.writeUInt16LE(~bytes.length & 0xffff, 13);
  bytes.copy(member, 15);
  member.writeUInt32LE(crc32(bytes), 15 + bytes.length);
  member.writeUInt32LE(bytes.length, 19 + bytes.length);
  return member;
}
