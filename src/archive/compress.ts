// Compresses records as members of a file. Each member can be read alone, from its offset (WARC 1.1, annex D). The
// specification of WARC with zstd also requires the content size and a checksum in each frame. Data that arrived
// compressed is not compressed again.

import { promisify } from 'node:util';
import type { Gzip, ZstdCompress, ZstdOptions } from 'node:zlib';
import { fewAtOnce } from '../base/few-at-once.ts';
import { COMPRESS_JOBS_MAX, COMPRESS_SYNC_BYTES_MAX, STORED_BYTES_MAX } from '../base/limits.ts';
import { lazily, onDemand } from '../base/on-demand.ts';
import { storedMember, storedStream } from './stored-member.ts';

const zlib = onDemand<typeof import('node:zlib')>('node:zlib');

export type Compression = 'gzip' | 'zstd' | 'none';

/**
 * Compresses a short record at once and a long one in a zlib thread. `isPacked` means that nearly all of it is a body
 * that arrived compressed.
 */
export type Compressor = (record: Buffer, isPacked?: boolean) => Buffer | Promise<Buffer>;
/**
 * Compresses a record that is too long for memory, piece by piece. It finishes each piece before it asks for the next.
 */
export type StreamCompressor = (
  record: AsyncIterable<Buffer>,
  about: { readonly isPacked: boolean; readonly bytes: number },
) => AsyncIterable<Buffer>;

/** The zstd frame of an empty input, with size and checksum. */
const EMPTY_FRAME = Buffer.from('28b52ffd240001000099e9d851', 'hex');
/** The fastest level of zstd. It stores a block as it is if a first look shows no way to shorten it. */
const ZSTD_LEVEL_PACKED = -1_000;
/** More bytes than a frame can add to its content. */
const ZSTD_SLACK_BYTES = 1_024;

const inThread = lazily(() => ({ gzip: promisify(zlib().gzip), zstd: promisify(zlib().zstdCompress) }));

export function createCompressor(compression: Compression, level: number): Compressor {
  const turns = fewAtOnce(COMPRESS_JOBS_MAX);
  switch (compression) {
    case 'none':
      return (record) => record;
    case 'zstd':
      return (record, isPacked = false) => {
        const options = inOneFrame(record.length, isPacked ? ZSTD_LEVEL_PACKED : level);
        if (record.length <= COMPRESS_SYNC_BYTES_MAX) return zlib().zstdCompressSync(record, options);
        return turns(() => inThread().zstd(record, options));
      };
    case 'gzip':
      return (record, isPacked = false) => {
        if (isPacked || record.length <= STORED_BYTES_MAX) return storedMember(record);
        if (record.length <= COMPRESS_SYNC_BYTES_MAX) return zlib().gzipSync(record, { level });
        return turns(() => inThread().gzip(record, { level }));
      };
  }
}

export function createStreamCompressor(compression: Compression, level: number): StreamCompressor {
  switch (compression) {
    case 'none':
      return (record) => record;
    case 'zstd':
      return (record, { isPacked, bytes }) => {
        const engine = zlib().createZstdCompress(zstdOptions(bytes, isPacked ? ZSTD_LEVEL_PACKED : level));
        return oneFrame(through(engine, record));
      };
    case 'gzip':
      return (record, { isPacked }) =>
        isPacked ? storedStream(record) : through(zlib().createGzip({ level }), record);
  }
}

/** The checksum at the end of a frame with this content (RFC 8878, section 3.1.1). */
export function zstdChecksum(content: Buffer): Buffer {
  return zlib().zstdCompressSync(content, inOneFrame(content.length, ZSTD_LEVEL_PACKED)).subarray(-4);
}

function zstdOptions(bytes: number, level: number): ZstdOptions {
  const { constants } = zlib();
  const params = { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 1 };
  return { params, pledgedSrcSize: bytes };
}

/**
 * If a frame exactly fills a chunk, Node asks zstd for more and gets an empty frame after it. So one chunk has room for
 * the whole frame.
 */
function inOneFrame(bytes: number, level: number): ZstdOptions {
  return { ...zstdOptions(bytes, level), chunkSize: bytes + (bytes >> 8) + ZSTD_SLACK_BYTES };
}

/** Drops an empty frame at the end of the stream. A record is never empty. */
async function* oneFrame(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const known = Buffer.concat([held, chunk]);
    const from = Math.max(0, known.length - EMPTY_FRAME.length);
    held = known.subarray(from);
    yield known.subarray(0, from);
  }
  if (!held.equals(EMPTY_FRAME)) yield held;
}

async function* through(engine: Gzip | ZstdCompress, record: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const fill = async (): Promise<void> => {
    for await (const bytes of record) {
      await new Promise<void>((resolve, reject) => {
        engine.write(bytes, (error) => (error ? reject(error) : resolve()));
      });
    }
    engine.end();
  };
  // Passes an error of the source on to the reader of the result.
  fill().catch((error) => engine.destroy(error));
  yield* engine;
}
