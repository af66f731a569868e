// Decodes one content coding (RFC 9110, section 8.4.1). A broken body gives what could be read of it; nothing throws.

import type { BrotliDecompress, Gunzip, ZstdDecompress } from 'node:zlib';
import type { BodyBudget } from '../base/body-budget.ts';
import type { Outcome, RawHeaders } from '../base/contracts.ts';
import { gzipBodyStart, isGzipEnd, isGzipFollowed, ZLIB_HEADER_BYTES } from '../base/gzip.ts';
import { headerAll, wordsOf } from '../base/headers.ts';
import { DECODE_FREE_BYTES, DECODE_SYNC_BYTES_MAX, SNIFFED_BYTES_MAX } from '../base/limits.ts';
import { lazily, onDemand } from '../base/on-demand.ts';
import { NO_BYTES } from './blank-outcome.ts';
import { BodyMemory } from './body-memory.ts';

export interface Decoded {
  readonly bytes: Uint8Array;
  /**
   * `length`: cut at the limit. `broken`: damaged or incomplete. `plain`: the bytes were never coded like this and are
   * returned unchanged.
   */
  readonly trouble: null | 'length' | 'broken' | 'plain';
  /** It is broken behind its last block: all bytes are there. */
  readonly isWhole?: boolean;
  /** The trouble in words. */
  readonly detail: string;
}

type Coding = 'gzip' | 'deflate' | 'deflate-raw' | 'br' | 'zstd';
type Engine = Gunzip | BrotliDecompress | ZstdDecompress;

interface Way {
  readonly sync: (bytes: Uint8Array, options: { maxOutputLength: number; chunkSize: number }) => Buffer;
  /** `isLenient`: an early end is not an error, and little is lost at the end. */
  readonly open: (isLenient: boolean) => Engine;
}

/** RFC 9659, section 3: a content coding has no larger window, so none may take more memory. */
const ZSTD_WINDOW_LOG_MAX = 23;
const zlib = onDemand<typeof import('node:zlib')>('node:zlib');
/**
 * A failing engine loses what it has not handed out yet. To save as much as possible, it hands out little at a time.
 */
const chunkSize = (isLenient: boolean): number => (isLenient ? 1024 : 65_536);

const ways = lazily((): Readonly<Record<Coding, Way>> => {
  const { constants, ...makers } = zlib();
  const zstdParams = { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG_MAX };
  const flush = (isLenient: boolean) => ({
    chunkSize: chunkSize(isLenient),
    finishFlush: isLenient ? constants.Z_SYNC_FLUSH : constants.Z_FINISH,
  });
  return {
    gzip: { sync: makers.gunzipSync, open: (isLenient) => makers.createGunzip(flush(isLenient)) },
    deflate: { sync: makers.inflateSync, open: (isLenient) => makers.createInflate(flush(isLenient)) },
    'deflate-raw': { sync: makers.inflateRawSync, open: (isLenient) => makers.createInflateRaw(flush(isLenient)) },
    br: {
      sync: makers.brotliDecompressSync,
      open: (isLenient) =>
        makers.createBrotliDecompress({
          chunkSize: chunkSize(isLenient),
          finishFlush: isLenient ? constants.BROTLI_OPERATION_FLUSH : constants.BROTLI_OPERATION_FINISH,
        }),
    },
    zstd: {
      sync: (bytes, options) => makers.zstdDecompressSync(bytes, { ...options, params: zstdParams }),
      open: (isLenient) =>
        makers.createZstdDecompress({
          params: zstdParams,
          chunkSize: chunkSize(isLenient),
          finishFlush: isLenient ? constants.ZSTD_e_flush : constants.ZSTD_e_end,
        }),
    },
  };
});

/** The words of Content-Encoding that are supported, including those that only some servers use. */
const NAMES: ReadonlyMap<string, Coding> = new Map([
  ...['gzip', 'x-gzip', 'gz', 'application/gzip', 'application/x-gzip'].map((word) => [word, 'gzip'] as const),
  ...['deflate', 'x-deflate', 'zlib'].map((word) => [word, 'deflate'] as const),
  ...['br', 'x-br', 'brotli'].map((word) => [word, 'br'] as const),
  ...['zstd', 'x-zstd'].map((word) => [word, 'zstd'] as const),
]);
/** Codings that are not supported: the rest of IANA's registry, and formats that servers name outside it. */
const LACKING = new Set(
  [
    'aes128gcm aesgcm aes256gcm compress x-compress dcb dcz exi pack200-gzip pack200 sdch x-sdch gzip-sdch sbr peerdist xpress',
    'bzip x-bzip bzip2 x-bzip2 bz2 lzma x-lzma xz x-xz lzip x-lzip lzo lzop x-lzop lz4 x-lz4 snappy x-snappy x-snappy-framed',
    'zip x-zip x-zip-compressed 7z x-7z rar x-rar',
  ].flatMap((line) => line.split(' ')),
);

/**
 * The codings that a field with this name lists, the first applied first. Words that are not known codings (`none`,
 * `utf-8`, `text/html`) are ignored.
 */
export function codingsOf(headers: RawHeaders, name: string): string[] {
  return headerAll(headers, name).flatMap(wordsOf).filter(isCoding);
}

export function isCoding(word: string): boolean {
  return NAMES.has(word) || LACKING.has(word);
}

/** Whether each coding is named once, as in an echo of Accept-Encoding: most of them are not those of the body. */
export function isEcho(words: readonly string[]): boolean {
  return new Set(words.map((word) => NAMES.get(word) ?? word)).size === words.length;
}

/** The outcome for a coding that is not supported: its body stays coded. */
export function keptCoded(outcome: Outcome, coding: string): Outcome {
  return {
    ...outcome,
    body: NO_BYTES,
    isCoded: true,
    detail: `the ${coding} cannot be undone: kept as it came, and not read`,
  };
}

/** The coding that a word means for these bytes; null if it is not supported. */
export function codingOf(word: string, bytes: Uint8Array): Coding | null {
  const coding = NAMES.get(word) ?? null;
  if (coding !== 'deflate') return coding;
  // It should be zlib's format, but some servers send the bare stream, and browsers accept both.
  const isZlib = bytes.length >= 2 && (bytes[0]! & 15) === 8 && (bytes[0]! * 256 + bytes[1]!) % 31 === 0;
  return isZlib ? 'deflate' : 'deflate-raw';
}

/** Decodes at once if the body is small and has no fault; null if `decode` must do it. */
export function decodeAtOnce(coding: Coding, bytes: Uint8Array, bytesMax: number): Decoded | null {
  if (isPlain(coding, bytes)) return plain(coding, bytes);
  if (bytes.length >= DECODE_SYNC_BYTES_MAX) return null;
  try {
    const maxOutputLength = Math.min(bytesMax, DECODE_FREE_BYTES);
    const decoded = ways()[coding].sync(bytes, { maxOutputLength, chunkSize: roomFor(coding, bytes, maxOutputLength) });
    return isTextInstead(bytes, decoded, true) ? plain(coding, bytes) : { bytes: decoded, trouble: null, detail: '' };
  } catch {
    return null;
  }
}

/** Text becomes about this much shorter. */
const USUAL_RATIO = 8;
const ROOM_BYTES_MIN = 1_024;
/** With less, zlib asks for more room even if nothing comes. */
const SPARE_BYTES = 64;

/**
 * Room for all of a decoded body, so that it is not put together from pieces, which takes as long as to decode it. A
 * gzip ends with the length (RFC 1952, section 2.3.1). It may lie, so it is only a hint.
 */
function roomFor(coding: Coding, bytes: Uint8Array, lengthMax: number): number {
  const { length, buffer, byteOffset } = bytes;
  const told =
    coding === 'gzip' && length >= 4
      ? new DataView(buffer, byteOffset, length).getUint32(length - 4, true)
      : length * USUAL_RATIO;
  return Math.min(Math.max(told, length, ROOM_BYTES_MIN), lengthMax) + SPARE_BYTES;
}

/** Decodes in zlib's thread, piece by piece. Never rejects. */
export async function decode(
  coding: Coding,
  bytes: Uint8Array,
  bytesMax: number,
  budget: BodyBudget,
): Promise<Decoded> {
  const strict = await pour(ways()[coding].open(false), bytes, bytesMax, budget);
  if (isTextInstead(bytes, strict.bytes, strict.error === null)) return plain(coding, bytes);
  if (strict.error === null) return ended(coding, strict, bytesMax);
  const isEarlyEnd = (strict.error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR';
  const broken = { trouble: 'broken', detail: `the ${coding} is damaged: ${strict.error.message}` } as const;
  const whole = await lastBlockReached(coding, bytes, bytesMax, budget);
  if (whole !== null) {
    const { bytes: content, end, isCut } = whole;
    const isEnd = coding === 'gzip' && isGzipEnd(bytes, end, zlib().crc32(content), content.length);
    return isEnd || isCut ? ended(coding, whole, bytesMax) : { bytes: content, isWhole: true, ...broken };
  }
  const saved =
    coding === 'gzip' && !isEarlyEnd
      ? await saveGzip(bytes, bytesMax, budget)
      : await pour(ways()[coding].open(true), bytes, bytesMax, budget);
  if (saved.isCut) return ended(coding, saved, bytesMax);
  if (saved.bytes.length === 0 && !isEarlyEnd && coding !== 'gzip' && coding !== 'zstd') return plain(coding, bytes);
  return { bytes: saved.bytes, ...broken };
}

interface Poured {
  readonly bytes: Uint8Array;
  readonly isCut: boolean;
  readonly error: Error | null;
  /** The number of coded bytes that were used. */
  readonly taken: number;
}

// Without its header a gzip body is a bare stream. Nothing compares its checksum, so a wrong checksum costs no bytes.
async function saveGzip(bytes: Uint8Array, bytesMax: number, budget: BodyBudget): Promise<Poured> {
  const start = gzipBodyStart(bytes);
  if (start < 0) return { bytes: NO_BYTES, isCut: false, error: null, taken: 0 };
  return pour(ways()['deflate-raw'].open(true), bytes.subarray(start), bytesMax, budget);
}

/**
 * The content if the last block of deflate is there and no other member of gzip follows: then a fault behind it costs
 * nothing, and browsers show all. Null otherwise.
 */
async function lastBlockReached(
  coding: Coding,
  bytes: Uint8Array,
  bytesMax: number,
  budget: BodyBudget,
): Promise<(Poured & { readonly end: number }) | null> {
  const start = coding === 'gzip' ? gzipBodyStart(bytes) : coding === 'deflate' ? ZLIB_HEADER_BYTES : -1;
  if (start < 0) return null;
  const poured = await pour(ways()['deflate-raw'].open(false), bytes.subarray(start), bytesMax, budget);
  const end = start + poured.taken;
  return poured.error !== null || (coding === 'gzip' && isGzipFollowed(bytes, end)) ? null : { ...poured, end };
}

/** Output that becomes long waits for its turn: it may be a hundred times the size of a small body. */
function pour(engine: Engine, bytes: Uint8Array, bytesMax: number, budget: BodyBudget): Promise<Poured> {
  return new Promise((resolve) => {
    const memory = new BodyMemory();
    let poured: Buffer = Buffer.alloc(0);
    let length = 0;
    let lead: 'no' | 'asked' | 'had' | 'over' = 'no';
    const goOn = (): void => {
      if (lead === 'over') budget.endLead();
      else lead = 'had';
      engine.resume();
    };
    const end = (isCut: boolean, error: Error | null): void => {
      if (lead === 'had') budget.endLead();
      lead = 'over';
      resolve({ bytes: poured.subarray(0, length), isCut, error, taken: engine.bytesWritten });
      engine.destroy();
    };
    engine.on('data', (piece: Buffer) => {
      const kept = piece.subarray(0, bytesMax - length);
      const needed = length + kept.length;
      if (needed > poured.length) {
        poured = memory.grown(poured, length, Math.min(bytesMax, Math.max(needed, 2 * length)), bytesMax);
      }
      kept.copy(poured, length);
      length = needed;
      if (kept.length < piece.length) end(true, null);
      else if (lead === 'no' && length > DECODE_FREE_BYTES) {
        lead = 'asked';
        engine.pause();
        budget.lead().then(goOn);
      }
    });
    engine.on('end', () => end(false, null));
    engine.on('error', (error) => end(false, error));
    engine.end(bytes);
  });
}

function ended(coding: Coding, { bytes, isCut }: Poured, bytesMax: number): Decoded {
  return { bytes, trouble: isCut ? 'length' : null, detail: isCut ? `the ${coding} was cut at ${bytesMax} bytes` : '' };
}

export function plain(coding: Coding, bytes: Uint8Array): Decoded {
  return { bytes, trouble: 'plain', detail: `declared ${coding.replace('-raw', '')}, is not` };
}

/** Whether the octet cannot occur in text (MIME Sniffing standard, section 3). NUL occurs in UTF-16. */
function isBinary(octet: number): boolean {
  return octet < 0x20 && ![0, 0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(octet);
}

/**
 * Whether the bytes are a text that was never coded, because nothing comes out of them. Brotli has no mark: a letter
 * may be a whole stream of nothing, and a word the beginning of a block. `isWhole`: there was no error.
 */
function isTextInstead(bytes: Uint8Array, decoded: Uint8Array, isWhole: boolean): boolean {
  if (decoded.length > 0 || bytes.length < 2) return false;
  // The beginning of a coded body is hardly ever UTF-8.
  return !bytes.some(isBinary) && (isWhole || !Buffer.from(bytes).toString().includes('\ufffd'));
}

/** What a body that should be text looks like instead, in words; null if it may be text. */
export function looksCoded(bytes: Uint8Array): string | null {
  for (const coding of ['gzip', 'zstd'] as const) {
    if (bytes.length >= 4 && !isPlain(coding, bytes)) return `the body begins like ${coding}`;
  }
  const isWide = bytes[0]! + bytes[1]! === 0xff + 0xfe;
  const isText = isWide || !bytes.subarray(0, SNIFFED_BYTES_MAX).some(isBinary);
  return isText ? null : 'the body is no text, may be coded';
}

// RFC 1952, section 2.3.1; RFC 8878, sections 3.1.1 and 3.1.2. The other codings have no mark at their beginning.
export function isPlain(coding: Coding, bytes: Uint8Array): boolean {
  if (coding === 'gzip') return bytes[0] !== 0x1f || (bytes.length > 1 && bytes[1] !== 0x8b);
  if (coding !== 'zstd' || bytes.length < 4) return false;
  const mark = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  return mark !== 0xfd2fb528 && mark >>> 4 !== 0x184d2a5;
}
