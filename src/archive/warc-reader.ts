// Reads WARC files record by record: gzip, zstd or uncompressed, from us or from other software. It reports damage with
// its offset and continues at the next position that looks like the beginning of a member.

import { closeSync, fstatSync, readSync } from 'node:fs';
import { onDemand } from '../base/on-demand.ts';
import { openFile } from './open-file.ts';

const zlib = onDemand<typeof import('node:zlib')>('node:zlib');

export interface WarcRecord {
  /** The member's offset in the file. */
  readonly offset: number;
  readonly length: number;
  /** The fields by lower-case name. If a field occurs twice the last value counts. */
  readonly fields: ReadonlyMap<string, string>;
  readonly block: Buffer;
  /** The whole record, decompressed. */
  readonly bytes: Buffer;
}

export interface Damage {
  readonly offset: number;
  /** The length of the member if its frame is intact and only its content is damaged; 0 if the length is unknown. */
  readonly length: number;
  readonly damage: string;
}

/**
 * A member: how many bytes of the file it takes, and a function that decompresses it. `open` throws if the content is
 * damaged.
 */
interface Member {
  readonly length: number;
  readonly open: () => Buffer;
}

const WINDOW_BYTES = 256 * 1024;
/** How many bytes are read first at a position after damage that only may be a record. */
const GUESS_BYTES = 4 * 1024;
/**
 * The limit of bytes that are read in vain after damage: this many times the file size, plus the constant below. Only a
 * file that was made to waste our time exceeds it.
 */
const GUESSES_MAX = 4;
const GUESSED_BYTES_MAX = 64 * 1024 * 1024;
/** A larger member counts as damage. */
const MEMBER_BYTES_MAX = 2 ** 31 - 1;
/** A record that is larger after decompression counts as damage too. */
const RECORD_BYTES_MAX = 1024 * 1024 * 1024;
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b, 8]);
const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const PLAIN_MAGIC = Buffer.from('WARC/1.');
const MAGICS = [GZIP_MAGIC, ZSTD_MAGIC, PLAIN_MAGIC];
const MAGIC_BYTES_MAX = 8;
const BLANK_LINE = Buffer.from('\r\n\r\n');

/** Yields every record of a file in order, and every damage. */
export function* readWarc(path: string): Generator<WarcRecord | Damage> {
  const file = openFile(path);
  try {
    const size = fstatSync(file).size;
    const view = (from: number, bytes: number): Buffer => {
      const buffer = Buffer.allocUnsafe(Math.min(bytes, size - from));
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
      const found = recordAt(counted, at, size, isGuess ? GUESS_BYTES : WINDOW_BYTES);
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

/** Reads one record by its place. Throws if no record is there or it is damaged. */
export function readRecord(path: string, offset: number, length: number): WarcRecord {
  const file = openFile(path);
  try {
    const { size } = fstatSync(file);
    const isInside = offset >= 0 && offset < size && length > 0 && length <= MEMBER_BYTES_MAX;
    if (!isInside) throw new Error(`${path} has no record of ${length} bytes at ${offset}`);
    const bytes = Buffer.allocUnsafe(Math.min(length, size - offset));
    const read = readSync(file, bytes, 0, bytes.length, offset);
    const view = (from: number, most: number): Buffer =>
      bytes.subarray(from - offset, Math.min(read, from - offset + most));
    const found = recordAt(view, offset, offset + read, WINDOW_BYTES);
    if ('damage' in found) throw new Error(`${path} at ${offset}: ${found.damage}`);
    return found;
  } finally {
    closeSync(file);
  }
}

type View = (from: number, bytes: number) => Buffer;

function recordAt(view: View, offset: number, size: number, first: number): WarcRecord | Damage {
  for (let window = first; ; window *= 4) {
    const bytes = view(offset, Math.min(window, MEMBER_BYTES_MAX));
    const isWhole = offset + bytes.length >= size || window > MEMBER_BYTES_MAX;
    let length = 0;
    try {
      const member = memberOf(bytes);
      length = member?.length ?? 0;
      if (member !== null) return parsed(member.open(), offset, length);
      if (isWhole) return { offset, length, damage: 'it ends in the middle of a record' };
    } catch (error) {
      return { offset, length, damage: (error as Error).message };
    }
  }
}

/** Null if the bytes end too early; throws if they are not a member. */
function memberOf(bytes: Buffer): Member | null {
  if (beginsWith(bytes, [GZIP_MAGIC])) return gzipMember(bytes);
  if (beginsWith(bytes, [ZSTD_MAGIC])) return zstdMember(bytes);
  if (beginsWith(bytes, [PLAIN_MAGIC])) return plainMember(bytes);
  throw new Error('no record begins here');
}

/** Parses a gzip member (RFC 1952, section 2.3). */
function gzipMember(bytes: Buffer): Member | null {
  const flags = bytes[3] ?? 0;
  let at = 10;
  if ((flags & 4) !== 0) at += 2 + (bytes.length >= at + 2 ? bytes.readUInt16LE(at) : bytes.length);
  for (const flag of [8, 16]) if ((flags & flag) !== 0) at = bytes.indexOf(0, at) + 1 || bytes.length;
  if ((flags & 2) !== 0) at += 2;
  try {
    // `info` makes it report how many bytes it took; the types lack this option.
    const { buffer, engine } = zlib().inflateRawSync(bytes.subarray(at), {
      info: true,
      maxOutputLength: RECORD_BYTES_MAX,
    }) as unknown as {
      readonly buffer: Buffer;
      readonly engine: { readonly bytesWritten: number };
    };
    const length = at + engine.bytesWritten + 8;
    if (length > bytes.length) return null;
    const open = (): Buffer => {
      if (bytes.readUInt32LE(length - 4) !== buffer.length % 2 ** 32)
        throw new Error('the length in its gzip member is wrong');
      if (bytes.readUInt32LE(length - 8) !== zlib().crc32(buffer))
        throw new Error('the checksum in its gzip member is wrong');
      return buffer;
    };
    return { length, open };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR') return null;
    throw error;
  }
}

/** Finds the end of a zstd frame by walking over its blocks (RFC 8878, section 3.1.1). */
function zstdMember(bytes: Buffer): Member | null {
  const descriptor = bytes[4] ?? 0;
  const isSingle = (descriptor & 0x20) !== 0;
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  let at = 5 + (isSingle ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]! + sizeBytes;
  for (let isLast = false; !isLast; ) {
    if (at + 3 > bytes.length) return null;
    const block = bytes.readUIntLE(at, 3);
    isLast = (block & 1) === 1;
    // A block that repeats one byte stores it once.
    at += ((block >> 1) & 3) === 1 ? 4 : 3 + (block >> 3);
  }
  if ((descriptor & 4) !== 0) at += 4;
  return at > bytes.length
    ? null
    : {
        length: at,
        open: () => zlib().zstdDecompressSync(bytes.subarray(0, at), { maxOutputLength: RECORD_BYTES_MAX }),
      };
}

function plainMember(bytes: Buffer): Member | null {
  const end = bytes.indexOf(BLANK_LINE);
  if (end < 0) return null;
  const declared = /^content-length[ \t]*:[ \t]*(\d+)/im.exec(bytes.toString('utf8', 0, end))?.[1];
  if (declared === undefined) throw new Error('its record has no Content-Length');
  const length = end + 4 + Number(declared) + 4;
  return length > bytes.length ? null : { length, open: () => bytes.subarray(0, length) };
}

function parsed(bytes: Buffer, offset: number, length: number): WarcRecord {
  const end = bytes.indexOf(BLANK_LINE);
  const [version, ...lines] = bytes.toString('utf8', 0, Math.max(0, end)).split(/\r?\n/);
  if (end < 0 || !/^WARC\/1\.[01]$/.test(version ?? '')) throw new Error('its member holds no WARC record');
  const fields = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  const size = Number(fields.get('content-length'));
  const block = bytes.subarray(end + 4, end + 4 + size);
  if (!Number.isSafeInteger(size) || block.length !== size) throw new Error('its record is shorter than it says');
  return { offset, length, fields, block, bytes };
}

/** The magic numbers with which members may begin: only that of the first member if it has one, otherwise all. */
function magicsOf(beginning: Buffer): readonly Buffer[] {
  const own = MAGICS.filter((magic) => beginsWith(beginning, [magic]));
  return own.length === 0 ? MAGICS : own;
}

function beginsWith(bytes: Buffer, magics: readonly Buffer[]): boolean {
  return magics.some((magic) => bytes.subarray(0, magic.length).equals(magic));
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
