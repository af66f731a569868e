// Reads WARC files record by record: gzip, zstd or uncompressed, from us or from other software. It reports damage with
// its offset and continues at the next position that looks like the beginning of a member.

import { closeSync, fstatSync, readSync } from 'node:fs';
import { LARGE_RECORD_BYTES_MAX, RECORD_BYTES_MAX } from '../base/limits.ts';
import { longRecordAt, type View } from './long-record.ts';
import { beginsWith, MAGIC_BYTES_MAX, MAGICS, memberOf, TooLong } from './members.ts';
import { openFile } from './open-file.ts';
import { BLANK_LINE, blockBytes, type Damage, fieldsOf, type WarcRecord } from './record-head.ts';

export type { Damage, WarcRecord };

const WINDOW_BYTES = 256 * 1024;
/** How many bytes are read first at a position after damage that only may be a record. */
const GUESS_BYTES = 4 * 1024;
/**
 * The limit of bytes that are read in vain after damage: this many times the file size, plus the constant below. Only a
 * file that was made to waste our time exceeds it.
 */
const GUESSES_MAX = 4;
const GUESSED_BYTES_MAX = 64 * 1024 * 1024;
/** No archive has a longer record. */
const PLACE_BYTES_MAX = 2 ** 40 - 1;
/** A record with a longer member, or with more in it, is read piece by piece. */
const IN_MEMORY_BYTES_MAX = 16 * 1024 * 1024;

/** Yields every record of a file in order, and every damage. */
export async function* readWarc(path: string): AsyncGenerator<WarcRecord | Damage> {
  const file = openFile(path);
  try {
    const size = fstatSync(file).size;
    const view = (from: number, bytes: number): Buffer => {
      const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(bytes, size - from)));
      return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, from));
    };
    const magics = magicsOf(view(0, MAGIC_BYTES_MAX));
    let seen = 0;
    const counted = (from: number, bytes: number): Buffer => {
      const viewed = view(from, bytes);
      seen += viewed.length;
      return viewed;
    };
    let room = GUESSES_MAX * size + GUESSED_BYTES_MAX;
    let isGuess = false;
    for (let at = 0; at < size; ) {
      const before = at;
      seen = 0;
      const whole = recordAt(counted, at, size, isGuess ? GUESS_BYTES : WINDOW_BYTES, IN_MEMORY_BYTES_MAX);
      // What is not a record may expand to a thousand times its bytes.
      const found =
        whole ??
        (await longRecordAt(view, at, size, (bytes) => {
          seen += isGuess ? bytes : 0;
        }));
      yield found;
      // A damaged member with an intact frame is skipped whole: a stored body may itself contain bytes that look like a
      // member.
      const end = at + found.length;
      const isBehind = found.length > 0 && (end === size || beginsWith(view(end, MAGIC_BYTES_MAX), magics));
      isGuess = !(isBehind || !('damage' in found));
      at = isGuess ? nextMagic(counted, magics, at + 1, size) : end;
      if (!isGuess) continue;
      room -= Math.max(0, seen - (at - before));
      if (room >= 0 || at >= size) continue;
      yield {
        offset: at,
        length: 0,
        damage: 'too much of the rest looks like records but is not; nothing behind it is read',
      };
      return;
    }
  } finally {
    closeSync(file);
  }
}

/** Reads one record by its place, all of it into memory. Throws if no record is there, or it is damaged or too long. */
export function readRecord(path: string, offset: number, length: number): WarcRecord {
  const file = openFile(path);
  try {
    const { size } = fstatSync(file);
    const isInside = offset >= 0 && offset < size && length > 0 && length <= PLACE_BYTES_MAX;
    if (!isInside) throw new Error(`${path} has no record of ${length} bytes at ${offset}`);
    // A small member that expands to a gigabyte is refused, and a film that has as many on the disk is read.
    const bytesMax = Math.min(Math.max(RECORD_BYTES_MAX, 2 * length), LARGE_RECORD_BYTES_MAX);
    const bytes = Buffer.allocUnsafe(Math.min(length, size - offset, bytesMax));
    const read = readSync(file, bytes, 0, bytes.length, offset);
    const view = (from: number, most: number): Buffer =>
      bytes.subarray(from - offset, Math.min(read, from - offset + most));
    const end = Math.min(offset + length, size);
    const found = recordAt(view, offset, end, WINDOW_BYTES, bytesMax);
    if (found === null) throw new TooLong(`${path} at ${offset}: its record has more than ${megabytes(bytesMax)}`);
    if ('damage' in found) throw new Error(`${path} at ${offset}: ${found.damage}`);
    return found;
  } finally {
    closeSync(file);
  }
}

function megabytes(bytes: number): string {
  return `${Math.floor(bytes / 1024 / 1024)} MB, too many to be read at once`;
}

/** Null for a record of which more than `bytesMax` would have to be in memory. */
function recordAt(
  view: View,
  offset: number,
  size: number,
  first: number,
  bytesMax: number,
): WarcRecord | Damage | null {
  for (let window = first; ; window *= 4) {
    const bytes = view(offset, Math.min(window, bytesMax));
    let length = 0;
    try {
      const member = memberOf(bytes, bytesMax);
      length = member?.length ?? 0;
      if (member !== null) return parsed(member.open(), offset, length);
      if (offset + bytes.length >= size) return { offset, length, damage: 'it ends in the middle of a record' };
      if (window >= bytesMax) return null;
    } catch (error) {
      if (error instanceof TooLong) return null;
      return { offset, length, damage: (error as Error).message };
    }
  }
}

function parsed(bytes: Buffer, offset: number, length: number): WarcRecord {
  const end = bytes.indexOf(BLANK_LINE);
  const fields = fieldsOf(bytes, end);
  const size = blockBytes(fields.get('content-length'));
  const block = bytes.subarray(end + BLANK_LINE.length, end + BLANK_LINE.length + size);
  if (block.length !== size) throw new Error('its record is shorter than it says');
  return { offset, length, fields, block, pieces: () => [bytes], blockPieces: () => [block] };
}

/** The magic numbers with which members may begin: only that of the first member if it has one, otherwise all. */
function magicsOf(beginning: Buffer): readonly Buffer[] {
  const own = MAGICS.filter((magic) => beginsWith(beginning, [magic]));
  return own.length === 0 ? MAGICS : own;
}

/** The position where the next member may begin; the end of the file if there is none. */
function nextMagic(view: View, magics: readonly Buffer[], from: number, size: number): number {
  let window = GUESS_BYTES;
  for (let at = from; at < size; at += window - MAGIC_BYTES_MAX) {
    window = Math.min(WINDOW_BYTES, at === from ? GUESS_BYTES : 4 * window);
    const bytes = view(at, window);
    const hits = magics.map((magic) => bytes.indexOf(magic)).filter((hit) => hit >= 0);
    if (hits.length > 0) return at + Math.min(...hits);
  }
  return size;
}
