// Reads a record that is too long for memory: its head and the beginning of its block, and the rest piece by piece.

import { pipeline, Readable } from 'node:stream';
import { onDemand } from '../base/on-demand.ts';
import {
  assertTrailer,
  beginsWith,
  GZIP_MAGIC,
  GZIP_TRAILER_BYTES,
  gzipHeadBytes,
  plainBytes,
  ZSTD_MAGIC,
  zstdFrame,
} from './members.ts';
import { BLANK_LINE, blockBytes, type Damage, fieldsOf, type WarcRecord } from './record-head.ts';

const zlib = onDemand<typeof import('node:zlib')>('node:zlib');

/** A part of the file, shorter only where the file ends. */
export type View = (from: number, bytes: number) => Buffer | Promise<Buffer>;

/** The content of a member, piece by piece; when all was taken, it returns the member's length in the file. */
type Unpacked = AsyncGenerator<Buffer, number>;

const PIECE_BYTES = 256 * 1024;
/** The part of the record that is kept in memory: its head, and the head of the response in its block. */
const BEGINNING_BYTES = 1024 * 1024;
/** Some programs write more blank lines behind a record than they should. */
export const TAIL_BYTES_MAX = 1024;

/** `tell` is called with the number of bytes that came out of the member. */
export async function longRecordAt(
  view: View,
  offset: number,
  size: number,
  tell: (bytes: number) => void,
): Promise<WarcRecord | Damage> {
  let beginning = Buffer.alloc(0);
  let total = 0;
  let bytesMax = Number.POSITIVE_INFINITY;
  const member = unpacked(view, offset, size);
  try {
    let step = await member.next();
    for (; step.done !== true; step = await member.next()) {
      total += step.value.length;
      if (beginning.length < BEGINNING_BYTES) {
        beginning = Buffer.concat([beginning, step.value]);
        bytesMax = recordBytes(beginning) + TAIL_BYTES_MAX;
      }
      if (total > bytesMax) throw new Error('its record is longer than it says');
    }
    return longRecord(beginning, total, { offset, length: step.value, unpack: () => unpacked(view, offset, size) });
  } catch (error) {
    return { offset, length: 0, damage: (error as Error).message };
  } finally {
    await member.return(0);
    tell(total);
  }
}

interface Place {
  readonly offset: number;
  readonly length: number;
  readonly unpack: () => Unpacked;
}

function longRecord(beginning: Buffer, total: number, { offset, length, unpack }: Place): WarcRecord {
  const end = beginning.indexOf(BLANK_LINE);
  const fields = fieldsOf(beginning, end);
  const from = end + BLANK_LINE.length;
  const to = from + blockBytes(fields.get('content-length'));
  if (total < to) throw new Error('its record is shorter than it says');
  const block = beginning.subarray(from, to);
  return { offset, length, fields, block, pieces: unpack, blockPieces: () => within(unpack(), from, to) };
}

/** How long the whole record is, blank lines behind it included; `Infinity` if its head is not whole yet. */
export function recordBytes(beginning: Buffer): number {
  const end = beginning.indexOf(BLANK_LINE);
  if (end >= 0) return plainBytes(beginning, end);
  if (beginning.length >= BEGINNING_BYTES) throw new Error('its member holds no WARC record');
  return Number.POSITIVE_INFINITY;
}

async function* within(pieces: Unpacked, from: number, to: number): AsyncGenerator<Buffer> {
  let at = 0;
  for await (const piece of pieces) {
    const part = piece.subarray(Math.max(0, from - at), Math.max(0, to - at));
    at += piece.length;
    if (part.length > 0) yield part;
  }
}

async function* unpacked(view: View, offset: number, size: number): Unpacked {
  const beginning = await view(offset, PIECE_BYTES);
  if (beginsWith(beginning, [GZIP_MAGIC])) return yield* inflated(view, offset, beginning);
  if (beginsWith(beginning, [ZSTD_MAGIC])) return yield* unpackedFrame(view, offset, size);
  return yield* plain(view, offset, size, beginning);
}

async function* inflated(view: View, offset: number, beginning: Buffer): Unpacked {
  const from = offset + gzipHeadBytes(beginning);
  const inflate = zlib().createInflateRaw({ chunkSize: PIECE_BYTES });
  let checksum = 0;
  let length = 0;
  for await (const piece of pipeline(Readable.from(piecesOf(view, from)), inflate, () => {})) {
    checksum = zlib().crc32(piece, checksum);
    length += piece.length;
    yield piece;
  }
  const end = from + inflate.bytesWritten;
  assertTrailer(await view(end, GZIP_TRAILER_BYTES), checksum, length);
  return end + GZIP_TRAILER_BYTES - offset;
}

async function* unpackedFrame(view: View, offset: number, size: number): Unpacked {
  const near = nearby((from, most) => view(offset + from, most));
  const walk = zstdFrame();
  let step = walk.next();
  while (step.done !== true) step = walk.next(await near(...step.value));
  const bytes = step.value;
  const length = inside(bytes, offset, size);
  const source = Readable.from(piecesOf(view, offset, offset + length));
  yield* pipeline(source, zlib().createZstdDecompress({ chunkSize: PIECE_BYTES }), () => {});
  return length;
}

async function* plain(view: View, offset: number, size: number, beginning: Buffer): Unpacked {
  const end = beginning.indexOf(BLANK_LINE);
  if (end < 0) throw new Error('its head has no end');
  const length = inside(plainBytes(beginning, end), offset, size);
  yield* piecesOf(view, offset, offset + length);
  return length;
}

/** The length of a member; throws if the file ends before it. */
function inside(length: number | null, offset: number, size: number): number {
  if (length !== null && offset + length <= size) return length;
  throw new Error('it ends in the middle of a record');
}

async function* piecesOf(view: View, from: number, to = Number.POSITIVE_INFINITY): AsyncGenerator<Buffer> {
  for (let at = from; at < to; ) {
    const piece = await view(at, Math.min(PIECE_BYTES, to - at));
    if (piece.length === 0) return;
    yield piece;
    at += piece.length;
  }
}

/** For short reads one after the other. */
function nearby(view: View): View {
  let near: Buffer = Buffer.alloc(0);
  let start = 0;
  return async (from, bytes) => {
    if (from < start || from + bytes > start + near.length) {
      near = await view(from, PIECE_BYTES);
      start = from;
    }
    return near.subarray(from - start, from - start + bytes);
  };
}
