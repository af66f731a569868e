// How the records of a WARC file are packed: each in a gzip member, in a zstd frame, or not at all. This part knows
// where a member ends and what it holds, if it fits into memory.

import { RECORD_HEAD_BYTES_MAX } from '../base/limits.ts';
import { onDemand } from '../base/on-demand.ts';
import { BLANK_LINE, blockBytes, fieldsOf } from './record-head.ts';

const zlib = onDemand<typeof import('node:zlib')>('node:zlib');

/**
 * A member: how many bytes of the file it takes, and a function that decompresses it. `open` throws if the content is
 * damaged.
 */
export interface Member {
  readonly length: number;
  readonly open: () => Buffer;
}

/** The content of a member is longer than may be in memory. */
export class TooLong extends Error {}

export const GZIP_MAGIC = Buffer.from([0x1f, 0x8b, 8]);
export const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
export const PLAIN_MAGIC = Buffer.from('WARC/1.');
export const MAGICS = [GZIP_MAGIC, ZSTD_MAGIC, PLAIN_MAGIC];
export const MAGIC_BYTES_MAX = 8;
export const GZIP_TRAILER_BYTES = 8;
/** The least and the most memory that is asked for at once. */
const INFLATED_BYTES_MIN = 16 * 1024;
const INFLATED_BYTES_MAX = 256 * 1024;

export function beginsWith(bytes: Buffer, magics: readonly Buffer[]): boolean {
  return magics.some((magic) => bytes.subarray(0, magic.length).equals(magic));
}

/**
 * Null if the bytes end too early; throws if they are not a member, and TooLong if it holds more than `bytesMax`.
 * `isAll`: the bytes are one member and no more.
 */
export function memberOf(bytes: Buffer, bytesMax: number, isAll: boolean): Member | null {
  if (beginsWith(bytes, [GZIP_MAGIC])) return gzipMember(bytes, bytesMax, isAll);
  if (beginsWith(bytes, [ZSTD_MAGIC])) return zstdMember(bytes, bytesMax);
  if (beginsWith(bytes, [PLAIN_MAGIC])) return plainMember(bytes);
  throw new Error('no record begins here');
}

function gzipMember(bytes: Buffer, bytesMax: number, isAll: boolean): Member | null {
  const at = gzipHeadBytes(bytes);
  try {
    // `info` makes it report how many bytes it took; the types lack this option.
    const { buffer, engine } = zlib().inflateRawSync(bytes.subarray(at), {
      info: true,
      maxOutputLength: bytesMax,
      chunkSize: Math.min(isAll ? toldBytes(bytes) : INFLATED_BYTES_MIN, bytesMax),
    }) as unknown as {
      readonly buffer: Buffer;
      readonly engine: { readonly bytesWritten: number };
    };
    const length = at + engine.bytesWritten + GZIP_TRAILER_BYTES;
    if (length > bytes.length) return null;
    const open = (): Buffer => {
      assertTrailer(bytes.subarray(length - GZIP_TRAILER_BYTES, length), zlib().crc32(buffer), buffer.length);
      return buffer;
    };
    return { length, open };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR') return null;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new TooLong();
    throw error;
  }
}

/** How many bytes a member expands to, as its trailer says. Then one piece of memory is enough for them. */
function toldBytes(bytes: Buffer): number {
  const told = bytes.length < GZIP_TRAILER_BYTES ? 0 : bytes.readUInt32LE(bytes.length - 4);
  return Math.min(Math.max(told + 1, INFLATED_BYTES_MIN), INFLATED_BYTES_MAX);
}

/** Where the data of a gzip member begins (RFC 1952, section 2.3); at the end of the bytes or beyond if not in them. */
export function gzipHeadBytes(bytes: Buffer): number {
  const flags = bytes[3] ?? 0;
  let at = 10;
  if ((flags & 4) !== 0) at += 2 + (bytes.length >= at + 2 ? bytes.readUInt16LE(at) : bytes.length);
  for (const flag of [8, 16]) if ((flags & flag) !== 0) at = bytes.indexOf(0, at) + 1 || bytes.length;
  if ((flags & 2) !== 0) at += 2;
  return at;
}

/** Throws if the end of a gzip member says something else about its content. */
export function assertTrailer(trailer: Buffer, checksum: number, length: number): void {
  if (trailer.length < GZIP_TRAILER_BYTES) throw new Error('it ends in the middle of a record');
  if (trailer.readUInt32LE(4) !== length % 2 ** 32) throw new Error('the length in its gzip member is wrong');
  if (trailer.readUInt32LE(0) !== checksum) throw new Error('the checksum in its gzip member is wrong');
}

/** How many bytes of a member are unpacked to find the head of its record. The first number is nearly always enough. */
const HEAD_COMES_IN_BYTES = [1024, 64 * 1024];
/** What they may expand to. */
const BEGINNING_BYTES_MAX = 80 * 1024 * 1024;

/**
 * The beginning of the record in a member, with all of its head. Throws TooLong if so few bytes hold too many, and
 * another error if no head ends there.
 */
export function beginningOf(bytes: Buffer): Buffer {
  let beginning = bytes;
  for (const most of HEAD_COMES_IN_BYTES) {
    beginning = unpackedFrom(bytes, most);
    if (beginning.indexOf(BLANK_LINE) >= 0) return beginning;
    if (beginning.length > RECORD_HEAD_BYTES_MAX) break;
  }
  throw new Error('its head has no end');
}

function unpackedFrom(bytes: Buffer, most: number): Buffer {
  const { constants, inflateRawSync, zstdDecompressSync } = zlib();
  try {
    if (beginsWith(bytes, [GZIP_MAGIC])) {
      const at = gzipHeadBytes(bytes);
      const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: BEGINNING_BYTES_MAX };
      return inflateRawSync(bytes.subarray(at, at + most), options);
    }
    if (!beginsWith(bytes, [ZSTD_MAGIC])) return bytes;
    const options = { finishFlush: constants.ZSTD_e_flush, maxOutputLength: BEGINNING_BYTES_MAX };
    return zstdDecompressSync(bytes.subarray(0, most), options);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? new TooLong() : error;
  }
}

function zstdMember(bytes: Buffer, bytesMax: number): Member | null {
  const walk = zstdFrame();
  let step = walk.next();
  while (step.done !== true) step = walk.next(bytes.subarray(step.value[0], step.value[0] + step.value[1]));
  const at = step.value;
  if (at === null || at > bytes.length) return null;
  const open = (): Buffer => {
    try {
      return zlib().zstdDecompressSync(bytes.subarray(0, at), { maxOutputLength: bytesMax });
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? new TooLong() : error;
    }
  };
  return { length: at, open };
}

/**
 * Finds the end of a zstd frame by walking over its blocks (RFC 8878, section 3.1.1). Null if the bytes end before its
 * last block begins. It yields which bytes it wants to see next, and gets fewer at their end.
 */
export function* zstdFrame(): Generator<readonly [from: number, bytes: number], number | null, Buffer> {
  const descriptor = (yield [4, 1])[0] ?? 0;
  const isSingle = (descriptor & 0x20) !== 0;
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  let at = 5 + (isSingle ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]! + sizeBytes;
  for (let isLast = false; !isLast; ) {
    const head: Buffer = yield [at, 3];
    if (head.length < 3) return null;
    const block = head.readUIntLE(0, 3);
    isLast = (block & 1) === 1;
    // A block that repeats one byte stores it once.
    at += ((block >> 1) & 3) === 1 ? 4 : 3 + (block >> 3);
  }
  return (descriptor & 4) !== 0 ? at + 4 : at;
}

function plainMember(bytes: Buffer): Member | null {
  const end = bytes.indexOf(BLANK_LINE);
  if (end < 0) return null;
  const length = plainBytes(bytes, end);
  return length > bytes.length ? null : { length, open: () => bytes.subarray(0, length) };
}

/** The length of a record that is not packed, from its head, which ends with a blank line at `end`. */
export function plainBytes(bytes: Buffer, end: number): number {
  return end + 2 * BLANK_LINE.length + blockBytes(fieldsOf(bytes, end).get('content-length'));
}
