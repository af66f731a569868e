// The reader of WARC files against what the files were made of. A case is a recipe: its first sign says how the file is
// packed, each other one is a record and what is done to it. A record to which nothing was done is read as it was
// written, whatever stands before and behind it; of any other one something is told.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, crc32, gzipSync, zstdCompressSync } from 'node:zlib';
import { Dice } from './dice.ts';
import { type Difference, difference, type Target } from './fuzz.ts';
import { SOURCE } from './source.ts';

type Reader = typeof import('../../src/archive/warc-reader.ts');
type Packing = 'gzip' | 'zstd' | 'plain';

interface Piece {
  readonly bytes: Buffer;
  /** As it was before anything was done to it. */
  readonly record: Buffer;
  readonly isIntact: boolean;
}

const PACKINGS: readonly Packing[] = ['gzip', 'zstd', 'plain'];
const FIRST_SIGN = 0x100;
const RECORDS = 16;
const DEEDS = 8;
const PIECES_MAX = 7;
const INNER = Buffer.from('WARC/1.1\r\nWARC-Type: resource\r\nContent-Length: 2\r\n\r\nok\r\n\r\n');
/** Magics in part, and the whole one where what follows it has a checksum or a frame of its own. */
const GARBAGE = ['\x1f\x8b', '\x28\xb5\x2f', 'WARC/1', 'x', '\0\0\0\0'];
const MAGIC: Readonly<Record<Packing, string>> = {
  gzip: '\x1f\x8b\x08\0aaaaaa\xff',
  zstd: '\x28\xb5\x2f\xfd\x01',
  plain: 'WARC',
};

const BLOCKS: readonly Buffer[] = [
  ...['', 'hello', '\r\n\r\n', '\r\n\r\nWARC/1.1\r\n', 'x'.repeat(5000), 'HTTP/1.1 200 OK\r\n\r\nhello'].map((text) =>
    Buffer.from(text),
  ),
  ...[INNER, gzipSync(INNER), zstdCompressSync(INNER), Buffer.concat([gzipSync(INNER), INNER])],
  Buffer.from(Array.from({ length: 3000 }, (_, at) => (at * at * 7919) >> 5)),
];
const made = new Map<string, Piece>();

export async function warcTarget(source = SOURCE): Promise<Target<null>> {
  const reader = (await import(new URL('archive/warc-reader.ts', source).href)) as Reader;
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-fuzz-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'file.warc');
  return {
    make(random) {
      const dice = new Dice(random);
      const sign = (): string => {
        const deed = dice.chance(0.6) ? 0 : dice.below(DEEDS);
        return String.fromCharCode(FIRST_SIGN + dice.below(RECORDS) + RECORDS * deed);
      };
      return { input: sign() + sign() + dice.several(PIECES_MAX, sign), how: null };
    },
    check: ({ input }) => differenceOf(reader, path, input),
  };
}

async function differenceOf(
  { readWarc, readRecord }: Reader,
  path: string,
  recipe: string,
): Promise<Difference | null> {
  const packing = PACKINGS[recipe.charCodeAt(0) % PACKINGS.length] ?? 'gzip';
  const codes = Array.from(recipe.slice(1), (sign) => sign.charCodeAt(0) - FIRST_SIGN);
  // A file is what it begins like, so nothing is done to its first record.
  const pieces = codes.map((code, at) => madePiece(packing, at === 0 ? code % RECORDS : code));
  writeFileSync(path, Buffer.concat(pieces.map(({ bytes }) => bytes)));
  const found = await Array.fromAsync(readWarc(path));
  const want: string[] = [];
  const got: string[] = [];
  let start = 0;
  let isTold = false;
  let isTaken = false;
  for (const { bytes, record, isIntact } of pieces) {
    if (isIntact && isWithinDamage(found, start, bytes.length)) {
      isTaken = true;
      start += bytes.length;
      continue;
    }
    const here = found.filter(({ offset }) => offset >= start && offset < start + bytes.length);
    // Of several damages in a row one is told.
    isTold = here.length > 0 || (isTold && !isIntact);
    want.push(isIntact ? lineOf(start, bytes.length, record) : `something at ${start}`);
    if (isIntact) got.push(...here.map((each) => ('damage' in each ? `damage at ${start}` : toldRecord(each))));
    else if (packing !== 'plain' && here.some((each) => isForged(each, start, record))) got.push(`forged at ${start}`);
    else got.push(isTold ? `something at ${start}` : `nothing at ${start}`);
    isTold &&= !isIntact;
    start += bytes.length;
  }
  start = 0;
  for (const { bytes, record, isIntact } of pieces) {
    if (isIntact) {
      want.push(lineOf(start, bytes.length, record));
      got.push(toldRecord(readRecord(path, start, bytes.length)));
      break;
    }
    start += bytes.length;
  }
  const because = 'a member is cut, is not packed, and its length reaches just to the end of a record behind it';
  return difference(want, got) ?? (isTaken ? { want, got, because } : null);
}

type Found = ReturnType<Reader['readRecord']>;
type Damage = import('../../src/archive/warc-reader.ts').Damage;

/** No record was found there, and a damaged one reaches over it: it may be what that one holds. */
function isWithinDamage(found: readonly (Found | Damage)[], start: number, length: number): boolean {
  const reachesOver = (each: Found | Damage): boolean =>
    'damage' in each && each.offset < start && each.offset + each.length >= start + length;
  return found.some(reachesOver) && found.every(({ offset }) => offset !== start);
}

/** A member with a checksum whose content is another one and that is taken for whole. */
function isForged(found: Found | { readonly damage: string }, start: number, record: Buffer): boolean {
  return !('damage' in found) && found.offset === start && !wholeOf(found).equals(record);
}

function toldRecord(found: Found): string {
  return told({ ...found, bytes: wholeOf(found) });
}

/** These records are short, so each is in one piece. */
function wholeOf(found: Found): Buffer {
  const [bytes] = found.pieces() as readonly [Buffer];
  return bytes;
}

interface Read extends Pick<Found, 'offset' | 'length' | 'block'> {
  readonly bytes: Buffer;
}

function told({ offset, length, bytes, block }: Read): string {
  return `record at ${offset} of ${length}: ${crc32(bytes)} with ${block.length} of ${crc32(block)}`;
}

function lineOf(offset: number, length: number, record: Buffer): string {
  const block = record.subarray(record.indexOf('\r\n\r\n') + 4, -4);
  return told({ offset, length, bytes: record, block });
}

function madePiece(packing: Packing, code: number): Piece {
  const known = made.get(`${packing} ${code}`);
  if (known !== undefined) return known;
  const number = code % RECORDS;
  const record = recordOf(number);
  const whole = packed(packing, record, number);
  const deed = Math.floor(code / RECORDS) % DEEDS;
  const bytes = deed < 4 ? whole : harmed(packing, whole, record, deed, number);
  const piece = { bytes, record, isIntact: bytes === whole };
  made.set(`${packing} ${code}`, piece);
  return piece;
}

function recordOf(number: number): Buffer {
  const block = BLOCKS[number % BLOCKS.length]!;
  const name = ['Content-Length', 'content-length', 'Content-Length ', 'CONTENT-LENGTH'][number % 4]!;
  const head = `WARC/1.${number % 2}\r\nWARC-Type: response\r\nX: \xe4:${number}\r\n${name}: ${block.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), block, Buffer.from('\r\n\r\n')]);
}

function packed(packing: Packing, record: Buffer, number: number): Buffer {
  if (packing === 'plain') return record;
  if (packing === 'zstd') return zstdCompressSync(record, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
  const member = gzipSync(record, { level: number % 3 === 0 ? 0 : 6 });
  if (number % 4 > 1) return member;
  // With the optional fields of RFC 1952, as other tools write them.
  const flags = number % 4 === 0 ? 4 : 8;
  const more = flags === 4 ? Buffer.from('\x03\x00abc', 'latin1') : Buffer.from('name.warc\0');
  const head = Buffer.from(member.subarray(0, 10));
  head[3] = flags;
  return Buffer.concat([head, more, member.subarray(10)]);
}

/** One byte is another, the second half is gone, or garbage stands before it. What is plain has no checksum. */
function harmed(packing: Packing, whole: Buffer, record: Buffer, deed: number, number: number): Buffer {
  if (packing === 'plain' || deed === 6) {
    const bits = [...GARBAGE, MAGIC[packing]];
    return Buffer.from(bits[number % bits.length]!.repeat(1 + number), 'latin1');
  }
  if (deed === 7) return whole.subarray(0, whole.length >> 1);
  const bytes = Buffer.from(whole);
  const at = deed === 4 ? (whole.length * (number + 1)) / (RECORDS + 1) : record.length % whole.length;
  bytes[Math.floor(at)]! ^= 1 << (number % 8);
  return bytes;
}
