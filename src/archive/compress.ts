// Records as members of a compressed file: each can be read by itself, from its offset (WARC 1.1, annex D).

import { promisify } from 'node:util';
import { constants, crc32, gzip, gzipSync, zstdCompress, zstdCompressSync } from 'node:zlib';
import { COMPRESS_JOBS_MAX, COMPRESS_SYNC_BYTES_MAX, STORED_BYTES_MAX } from '../base/limits.ts';

export type Compression = 'gzip' | 'zstd' | 'none';

/** At once, or in a thread of zlib's where there is much. */
export type Compressor = (record: Buffer) => Buffer | Promise<Buffer>;

const GZIP_HEAD = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);

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

/** Runs at most `most` jobs at a time; the others wait, in order. */
function createTurns(most: number): <T>(job: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (job) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await job();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
