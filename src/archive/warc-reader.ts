// Reads WARC files record by record: gzip, zstd or uncompressed, from us or from other software. It reports damage with
// its offset and continues at the next position that looks like the beginning of a member.

import { closeSync, fstatSync } from 'node:fs';
import { LARGE_RECORD_BYTES_MAX, RECORD_BYTES_MAX } from '../base/limits.ts';
import type { FileThere } from './file-there.ts';
import { longRecordAt, recordBytes, TAIL_BYTES_MAX, type View } from './long-record.ts';
import { beginningOf, beginsWith, MAGIC_BYTES_MAX, MAGICS, memberOf, TooLong } from './members.ts';
import { bytesAt, openFile } from './open-file.ts';
import { BLANK_LINE, blockBytes, type Damage, fieldsOf, type WarcRecord } from './record-head.ts';

export type { Damage, WarcRecord };

const NOTHING = Buffer.alloc(0);
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

/** Yields every record of a file in order, and every damage. The file is named by its path if it is on this machine. */
export async function* readWarc(source: string | FileThere): AsyncGenerator<WarcRecord | Damage> {
  if (typeof source !== 'string') {
    yield* recordsIn((from, bytes) => source.read(from, bytes), source.bytes);
    return;
  }
  const file = openFile(source);
  try {
    yield* recordsIn((from, bytes) => bytesAt(file, from, bytes), fstatSync(file).size);
  } finally {
    closeSync(file);
  }
}

async function* recordsIn(read: View, size: number): AsyncGenerator<WarcRecord | Damage> {
  const { view, held } = createWindow(read, size);
  const magics = magicsOf(await view(0, MAGIC_BYTES_MAX));
  let seen = 0;
  const counted: View = async (from, bytes) => {
    const viewed = await view(from, bytes);
    seen += viewed.length;
    return viewed;
  };
  let room = GUESSES_MAX * size + GUESSED_BYTES_MAX;
  let isGuess = false;
  for (let at = 0; at < size; ) {
    const before = at;
    seen = 0;
    const near: Buffer = isGuess ? NOTHING : held(at);
    const short = near.length === 0 ? null : recordIn(near, at, size, IN_MEMORY_BYTES_MAX, false);
    const whole: WarcRecord | Damage | null =
      short ?? (await recordAt(counted, at, size, isGuess ? GUESS_BYTES : WINDOW_BYTES));
    // What is not a record may expand to a thousand times its bytes.
    const found: WarcRecord | Damage =
      whole ??
      (await longRecordAt(view, at, size, (bytes) => {
        seen += isGuess ? bytes : 0;
      }));
    yield found;
    // A damaged member with an intact frame is skipped whole: a stored body may itself contain bytes that look like a
    // member.
    const end: number = at + found.length;
    const isBehind: boolean =
      found.length > 0 && (end === size || beginsWith(await view(end, MAGIC_BYTES_MAX), magics));
    isGuess = !(isBehind || !('damage' in found));
    at = isGuess ? await nextMagic(counted, magics, at + 1, size) : end;
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
}

interface Window {
  /** Reads what is not in the window, and then has that in it. */
  readonly view: View;
  /** What the window has from there on; nothing if that is too little for most records. */
  readonly held: (from: number) => Buffer;
}

/** Many short records are in what one reading brings. To read so much again for each of them would take minutes. */
function createWindow(read: View, size: number): Window {
  let start = 0;
  let held: Buffer = NOTHING;
  const hold = (from: number, bytes: Buffer): Buffer => {
    start = from;
    held = bytes;
    return bytes;
  };
  return {
    view(from, wanted) {
      const bytes = Math.max(0, Math.min(wanted, size - from));
      if (from >= start && from + bytes <= start + held.length)
        return held.subarray(from - start, from - start + bytes);
      const found = read(from, bytes);
      if (wanted !== WINDOW_BYTES) return found;
      return found instanceof Promise ? found.then((there) => hold(from, there)) : hold(from, found);
    },
    held(from) {
      const bytes = held.subarray(Math.max(0, from - start));
      const isEnough = bytes.length >= GUESS_BYTES || start + held.length === size;
      return from >= start && isEnough ? bytes : NOTHING;
    },
  };
}

/** Reads one record by its place, all of it into memory. Throws if no record is there, or it is damaged or too long. */
export function readRecord(path: string, offset: number, length: number): WarcRecord {
  const file = openFile(path);
  try {
    const place = placeIn(path, fstatSync(file).size, offset, length);
    return recordOf(place, bytesAt(file, offset, place.bytes));
  } finally {
    closeSync(file);
  }
}

/** The same for a file that is not on this machine. */
export async function readRecordThere(file: FileThere, offset: number, length: number): Promise<WarcRecord> {
  const place = placeIn(file.name, file.bytes, offset, length);
  return recordOf(place, await file.read(offset, place.bytes));
}

interface PlaceInFile {
  readonly name: string;
  readonly offset: number;
  readonly end: number;
  /** How many bytes to read, and how many a record may have. */
  readonly bytes: number;
  readonly bytesMax: number;
}

function placeIn(name: string, size: number, offset: number, length: number): PlaceInFile {
  const isInside = offset >= 0 && offset < size && length > 0 && length <= PLACE_BYTES_MAX;
  if (!isInside) throw new Error(`${name} has no record of ${length} bytes at ${offset}`);
  // A small member that expands to a gigabyte is refused, and a film that has as many on the disk is read.
  const bytesMax = Math.min(Math.max(RECORD_BYTES_MAX, 2 * length), LARGE_RECORD_BYTES_MAX);
  const bytes = Math.min(length, size - offset, bytesMax);
  return { name, offset, end: Math.min(offset + length, size), bytes, bytesMax };
}

function recordOf({ name, offset, end, bytesMax }: PlaceInFile, bytes: Buffer): WarcRecord {
  const usual = Math.min(bytesMax, IN_MEMORY_BYTES_MAX);
  const found = recordIn(bytes, offset, end, usual, true) ?? largeRecordIn(bytes, offset, end, bytesMax);
  if (found === null) throw new TooLong(`${name} at ${offset}: its record has more than ${megabytes(bytesMax)}`);
  if ('damage' in found) throw new Error(`${name} at ${offset}: ${found.damage}`);
  return found;
}

/**
 * A record with more than is usual, of which no more is unpacked than its head says that it has. Null if that is more
 * than `bytesMax`.
 */
function largeRecordIn(bytes: Buffer, offset: number, end: number, bytesMax: number): WarcRecord | Damage | null {
  try {
    const told = recordBytes(beginningOf(bytes)) + TAIL_BYTES_MAX;
    if (told > bytesMax) return null;
    return (
      recordIn(bytes, offset, end, told, true) ?? { offset, length: 0, damage: 'its record is longer than it says' }
    );
  } catch (error) {
    return error instanceof TooLong ? null : { offset, length: 0, damage: (error as Error).message };
  }
}

function megabytes(bytes: number): string {
  return `${Math.floor(bytes / 1024 / 1024)} MB, too many to be read at once`;
}

/** Null for a record that is too long for memory. */
async function recordAt(view: View, offset: number, size: number, first: number): Promise<WarcRecord | Damage | null> {
  for (let window = first; ; window *= 4) {
    const bytes = await view(offset, Math.min(window, IN_MEMORY_BYTES_MAX));
    const found = recordIn(bytes, offset, size, IN_MEMORY_BYTES_MAX, false);
    if (found !== null || window >= IN_MEMORY_BYTES_MAX) return found;
  }
}

/**
 * The record at the beginning of the bytes, which are at `offset` of the file. Null if it goes on behind them, or has
 * more than `bytesMax`. `isAll`: the bytes are what its place says that it has.
 */
function recordIn(
  bytes: Buffer,
  offset: number,
  size: number,
  bytesMax: number,
  isAll: boolean,
): WarcRecord | Damage | null {
  let length = 0;
  try {
    const member = memberOf(bytes, bytesMax, isAll);
    length = member?.length ?? 0;
    if (member !== null) return parsed(member.open(), offset, length);
    return offset + bytes.length >= size ? { offset, length, damage: 'it ends in the middle of a record' } : null;
  } catch (error) {
    return error instanceof TooLong ? null : { offset, length, damage: (error as Error).message };
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
async function nextMagic(view: View, magics: readonly Buffer[], from: number, size: number): Promise<number> {
  let window = GUESS_BYTES;
  for (let at = from; at < size; at += window - MAGIC_BYTES_MAX) {
    window = Math.min(WINDOW_BYTES, at === from ? GUESS_BYTES : 4 * window);
    const bytes = await view(at, window);
    const hits = magics.map((magic) => bytes.indexOf(magic)).filter((hit) => hit >= 0);
    if (hits.length > 0) return at + Math.min(...hits);
  }
  return size;
}
