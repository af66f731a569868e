// Reads the files of an archive by itself: the project's own reader may share a fault with its writer. Each record must
// be one gzip member, one zstd frame, or plain; whatever else stands in the file is torn.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, inflateRawSync, zstdDecompressSync } from 'node:zlib';

export interface WarcRecord {
  /** From the job's folder. */
  readonly file: string;
  readonly offset: number;
  readonly length: number;
  readonly type: string;
  readonly url: string;
  readonly fields: ReadonlyMap<string, string>;
  readonly block: Buffer;
  /** Of a response or a revisit; else 0. */
  readonly status: number;
  /** The body behind the HTTP head, of a response; its SHA-256 in hexadecimal is what `digest` says. */
  readonly payload: Buffer;
  readonly digest: string;
}

export interface WarcFile {
  readonly file: string;
  readonly records: readonly WarcRecord[];
  /** Where the first thing stands that is no whole record, and what is wrong with it; null where all are whole. */
  readonly torn: { readonly offset: number; readonly why: string } | null;
}

export function readArchive(job: string): WarcFile[] {
  let names: string[] = [];
  try {
    names = readdirSync(join(job, 'archive'));
  } catch {
    // No archive yet.
  }
  const files = names.filter((name) => /\.warc(\.gz|\.zst)?$/.test(name)).sort();
  return files.map((name) => readWarcFile(job, `archive/${name}`));
}

function readWarcFile(job: string, file: string): WarcFile {
  const bytes = readFileSync(join(job, file));
  const records: WarcRecord[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    try {
      const [length, plain] = memberAt(file, bytes, offset);
      records.push(recordOf(file, offset, length, plain));
      offset += length;
    } catch (error) {
      return { file, records, torn: { offset, why: (error as Error).message } };
    }
  }
  return { file, records, torn: null };
}

function memberAt(file: string, bytes: Buffer, offset: number): [length: number, plain: Buffer] {
  const rest = bytes.subarray(offset);
  if (file.endsWith('.gz')) return gzipMember(rest);
  if (file.endsWith('.zst')) {
    const length = zstdFrameLength(rest);
    return [length, zstdDecompressSync(rest.subarray(0, length))];
  }
  const head = rest.indexOf('\r\n\r\n');
  const length = /^Content-Length: (\d+)\r?$/im.exec(rest.toString('latin1', 0, Math.max(0, head)))?.[1];
  if (length === undefined) throw new Error('no head of a record');
  const end = head + 4 + Number(length) + 4;
  if (end > rest.length) throw new Error('the record is shorter than its head says');
  return [end, rest.subarray(0, end)];
}

/** RFC 1952; members of ours have no optional fields. */
function gzipMember(bytes: Buffer): [length: number, plain: Buffer] {
  if (bytes.length < 18 || bytes.readUInt32BE(0) >>> 8 !== 0x1f8b08) throw new Error('no gzip member');
  if (bytes[3] !== 0) throw new Error('a gzip member with optional fields');
  const { buffer, engine } = inflateRawSync(bytes.subarray(10), { info: true } as object) as unknown as {
    buffer: Buffer;
    engine: { bytesWritten: number };
  };
  const end = 10 + engine.bytesWritten;
  if (end + 8 > bytes.length) throw new Error('a gzip member without its end');
  if (bytes.readUInt32LE(end) !== crc32(buffer)) throw new Error('a gzip member with a wrong checksum');
  if (bytes.readUInt32LE(end + 4) !== buffer.length) throw new Error('a gzip member with a wrong length');
  return [end + 8, buffer];
}

/** RFC 8878, section 3.1.1: the head, blocks up to the last one, a checksum where the head says so. */
function zstdFrameLength(bytes: Buffer): number {
  if (bytes.readUInt32LE(0) !== 0xfd2fb528) throw new Error('no zstd frame');
  const descriptor = bytes[4]!;
  const isSingle = (descriptor & 0x20) !== 0;
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  let at = 5 + (isSingle ? 0 : 1) + dictionaryBytes + sizeBytes;
  for (let isLast = false; !isLast; ) {
    const head = bytes.readUIntLE(at, 3);
    isLast = (head & 1) === 1;
    // A block of one repeated byte stands as that byte.
    at += 3 + (((head >> 1) & 3) === 1 ? 1 : head >> 3);
  }
  if ((descriptor & 4) !== 0) at += 4;
  if (at > bytes.length) throw new Error('a zstd frame without its end');
  return at;
}

function recordOf(file: string, offset: number, length: number, plain: Buffer): WarcRecord {
  const end = plain.indexOf('\r\n\r\n');
  const [version, ...lines] = plain.toString('utf8', 0, Math.max(0, end)).split('\r\n');
  if (version !== 'WARC/1.1') throw new Error('no WARC record');
  const fields = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const blockLength = Number(fields.get('content-length'));
  const block = plain.subarray(end + 4, end + 4 + blockLength);
  if (block.length !== blockLength || plain.length !== end + 8 + blockLength)
    throw new Error('a record of another length');
  if (fields.get('warc-block-digest') !== `sha256:${sha256(block)}`) throw new Error('a block with another digest');
  const type = fields.get('warc-type') ?? '';
  const isAnswer = type === 'response' || type === 'revisit';
  const bodyAt = isAnswer ? block.indexOf('\r\n\r\n') + 4 : block.length;
  const payload = block.subarray(bodyAt);
  const digest = (fields.get('warc-payload-digest') ?? '').replace(/^sha256:/, '');
  if (type === 'response' && digest !== sha256(payload)) throw new Error('a payload with another digest');
  const status = isAnswer ? Number(/^HTTP\/1\.\d (\d{3})/.exec(block.toString('latin1', 0, 20))?.[1] ?? 0) : 0;
  const url = fields.get('warc-target-uri') ?? '';
  return { file, offset, length, type, url, fields, block, status, payload, digest };
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
