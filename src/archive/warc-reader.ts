// Reads WARC files record by record: gzip, zstd or plain, ours and those of others. What is damaged is told with its offset, and reading goes on
// with the next member that begins like one.

import { closeSync, fstatSync, readSync } from 'node:fs';
import { crc32, inflateRawSync, zstdDecompressSync } from 'node:zlib';
import { openFile } from './open-file.ts';

export interface WarcRecord {
  /** Of the member in the file, and its length there. */
  readonly offset: number;
  readonly length: number;
  /** By lower-case names; of a field that stands twice the last one. */
  readonly fields: ReadonlyMap<string, string>;
  readonly block: Buffer;
  /** The whole record, unpacked. */
  readonly bytes: Buffer;
}

export interface Damage {
  readonly offset: number;
  /** Of the member, where its frame is whole though what is in it is not; 0 where nobody knows. */
  readonly length: number;
  readonly damage: string;
}

/** How many of the file's bytes a member takes, and what is in it; `open` throws where that is damaged. */
interface Member {
  readonly length: number;
  readonly open: () => Buffer;
}

const WINDOW_BYTES = 256 * 1024;
/** What is looked at first where a record only may begin, behind damage. */
const GUESS_BYTES = 4 * 1024;
/** So much of a file, times its size, may be read in vain behind damages, and so much of any file; a file that takes more is made to. */
const GUESSES_MAX = 4;
const GUESSED_BYTES_MAX = 64 * 1024 * 1024;
/** A record that is larger than that is damage. */
const MEMBER_BYTES_MAX = 2 ** 31 - 1;
/** And so is one that is larger unpacked. */
const RECORD_BYTES_MAX = 1024 * 1024 * 1024;
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b, 8]);
const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const PLAIN_MAGIC = Buffer.from('WARC/1.');
const MAGICS = [GZIP_MAGIC, ZSTD_MAGIC, PLAIN_MAGIC];
const MAGIC_BYTES_MAX = 8;
const BLANK_LINE = Buffer.from('\r\n\r\n');

/** Every record of a file in order, and every damage. */
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
      // What is damaged but whole is stepped over: a packed body that is stored looks like a member itself.
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
        damage: 'what looks like records and is none goes on and on; nothing behind it is read',
      };
      return;
    }
  } finally {
    closeSync(file);
  }
}

/** One record by its place. Throws where there is none or it is damaged. */
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

/** Null where the bytes end too early; throws where they are no member. */
function memberOf(bytes: Buffer): Member | null {
  if (beginsWith(bytes, [GZIP_MAGIC])) return gzipMember(bytes);
  if (beginsWith(bytes, [ZSTD_MAGIC])) return zstdMember(bytes);
  if (beginsWith(bytes, [PLAIN_MAGIC])) return plainMember(bytes);
  throw new Error('no record begins here');
}

/** RFC 1952, section 2.3. */
function gzipMember(bytes: Buffer): Member | null {
  const flags = bytes[3] ?? 0;
  let at = 10;
  if ((flags & 4) !== 0) at += 2 + (bytes.length >= at + 2 ? bytes.readUInt16LE(at) : bytes.length);
  for (const flag of [8, 16]) if ((flags & flag) !== 0) at = bytes.indexOf(0, at) + 1 || bytes.length;
  if ((flags & 2) !== 0) at += 2;
  try {
    // `info` makes it tell how much it has taken; the types do not know of it.
    const { buffer, engine } = inflateRawSync(bytes.subarray(at), {
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
        throw new Error('its gzip member has another length');
      if (bytes.readUInt32LE(length - 8) !== crc32(buffer)) throw new Error('its gzip member has another checksum');
      return buffer;
    };
    return { length, open };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR') return null;
    throw error;
  }
}

/** RFC 8878, section 3.1.1: the blocks of a frame tell where it ends. */
function zstdMember(bytes: Buffer): Member | null {
  const descriptor = bytes[4] ?? 0;
  const isSingle = (descriptor & 0x20) !== 0;
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  let at = 5 + (isSingle ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]! + sizeBytes;
  for (let isLast = false; !isLast; ) {
    if (at + 3 > bytes.length) return null;
    const block = bytes.readUIntLE(at, 3);
    isLast = (block & 1) === 1;
    // A block of one repeated byte holds it once.
    at += ((block >> 1) & 3) === 1 ? 4 : 3 + (block >> 3);
  }
  if ((descriptor & 4) !== 0) at += 4;
  return at > bytes.length
    ? null
    : { length: at, open: () => zstdDecompressSync(bytes.subarray(0, at), { maxOutputLength: RECORD_BYTES_MAX }) };
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

/** How the members of a file begin: all as the first one, where it begins like one. */
function magicsOf(beginning: Buffer): readonly Buffer[] {
  const own = MAGICS.filter((magic) => beginsWith(beginning, [magic]));
  return own.length === 0 ? MAGICS : own;
}

function beginsWith(bytes: Buffer, magics: readonly Buffer[]): boolean {
  return magics.some((magic) => bytes.subarray(0, magic.length).equals(magic));
}

/** Where the next member may begin; the end of the file where none does. */
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
