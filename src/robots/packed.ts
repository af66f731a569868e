// Unpacks a robots.txt that its server sent packed without a word. Some codings have a mark at their beginning. The
// others are tried if the bytes are no text, and count if a text comes out.

import { isUtf8 } from 'node:buffer';
import { gzipBodyStart, isGzipFollowed, ZLIB_HEADER_BYTES } from '../base/gzip.ts';
import { ROBOTS_BYTES_MAX } from '../base/limits.ts';
import { onDemand } from '../base/on-demand.ts';

const zlib = onDemand<typeof import('node:zlib')>('node:zlib');

/**
 * The most bytes that are unpacked. Only the first 500 KiB of the text count, and a longer file is not a robots.txt.
 */
const UNPACKED_BYTES_MAX = 16 * ROBOTS_BYTES_MAX;
/** Controls that no text has. NUL is one of them. */
const CONTROLS = /[^\P{Cc}\s\u0080-\u009f]/gu;
/** Text in ISO-2022-JP shifts with this octet, as the MIME Sniffing standard says (section 3). */
const ESCAPE = '\x1b';
/** Korean and Chinese text in ISO-2022 begins with one of these, and shifts with two more octets. */
const SHIFTED = /\$[)*+]/;
/** The end mark of DOS. */
const DOS_END = 0x1a;
/** A text with more controls than one of these many characters is none. */
const CONTROLS_SHARE = 10;

interface Informed {
  readonly buffer: Uint8Array;
  readonly engine: { readonly bytesWritten: number };
}

type Unpack = (bytes: Uint8Array, isCut: boolean) => Uint8Array;

export interface Unpacked {
  readonly bytes: Uint8Array;
  /** The packed file has an error, or breaks off before the place where we cut. */
  readonly isDamaged: boolean;
}

/** The file unpacked; as it came if it is not packed. */
export function unpacked(came: Uint8Array): Unpacked {
  const isCut = came.length >= ROBOTS_BYTES_MAX;
  const marked = markedWay(came);
  if (marked !== null) {
    const whole = tried(marked, came, false);
    return { bytes: whole ?? tried(marked, came, true) ?? came, isDamaged: whole === null && !isCut };
  }
  if (!isText(came) || !isUtf8(came)) {
    for (const way of [inflate, brotli, inflateRaw]) {
      const bytes = tried(way, came, isCut);
      if (bytes !== null && bytes.length > 0 && isText(bytes)) return { bytes, isDamaged: false };
    }
  }
  return { bytes: came, isDamaged: false };
}

/** Whether the bytes can be a text in some encoding with ASCII in it. */
export function isText(bytes: Uint8Array): boolean {
  // What programs leave behind a text: NULs up to the end of a block, an end mark.
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0 || bytes[end - 1] === DOS_END)) end -= 1;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, end).toString('latin1');
  const [first = '', ...escaped] = text.split(ESCAPE);
  const isShifted = escaped.some((part) => SHIFTED.test(part.slice(0, 2)));
  const plain = first + escaped.join('');
  const controls =
    (isShifted ? plain.replaceAll('\x0e', '').replaceAll('\x0f', '') : plain).match(CONTROLS)?.length ?? 0;
  if (controls === 0) return end > 0 || bytes.length === 0;
  return isUtf8(bytes) && controls * CONTROLS_SHARE < end;
}

/** RFC 1952, section 2.3.1; RFC 8878, section 3.1.1. */
function markedWay([a, b, c, d]: Uint8Array): Unpack | null {
  if (a === 0x1f && b === 0x8b) return gunzip;
  return a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd ? unzstd : null;
}

function tried(way: Unpack, bytes: Uint8Array, isCut: boolean): Uint8Array | null {
  try {
    return way(bytes, isCut);
  } catch {
    return null;
  }
}

const gunzip: Unpack = (bytes, isCut) => tried(onlyMember, bytes, isCut) ?? zlib().gunzipSync(bytes, deflated(isCut));
/** A gzip of one member without its frame: if the last block is there, a fault behind it costs nothing. */
const onlyMember: Unpack = (bytes, isCut) => {
  const start = gzipBodyStart(bytes);
  const options = { ...deflated(isCut), info: true } as const;
  const { buffer, engine } = zlib().inflateRawSync(bytes.subarray(start), options) as unknown as Informed;
  if (start < 0 || isGzipFollowed(bytes, start + engine.bytesWritten)) throw new Error('not one member');
  return buffer;
};
const inflate: Unpack = (bytes, isCut) => {
  const [method, flags] = [bytes[0]! & 15, bytes[0]! * 256 + bytes[1]!];
  if (method !== 8 || flags % 31 !== 0) throw new Error('no zlib');
  return inflateRaw(bytes.subarray(ZLIB_HEADER_BYTES), isCut);
};
const inflateRaw: Unpack = (bytes, isCut) => zlib().inflateRawSync(bytes, deflated(isCut));

const brotli: Unpack = (bytes, isCut) => {
  const { BROTLI_OPERATION_FLUSH, BROTLI_OPERATION_FINISH } = zlib().constants;
  const finishFlush = isCut ? BROTLI_OPERATION_FLUSH : BROTLI_OPERATION_FINISH;
  return zlib().brotliDecompressSync(bytes, { maxOutputLength: UNPACKED_BYTES_MAX, finishFlush });
};

const unzstd: Unpack = (bytes, isCut) => {
  const { ZSTD_e_flush, ZSTD_e_end } = zlib().constants;
  const finishFlush = isCut ? ZSTD_e_flush : ZSTD_e_end;
  return zlib().zstdDecompressSync(bytes, { maxOutputLength: UNPACKED_BYTES_MAX, finishFlush });
};

function deflated(isCut: boolean) {
  const { Z_SYNC_FLUSH, Z_FINISH } = zlib().constants;
  return { maxOutputLength: UNPACKED_BYTES_MAX, finishFlush: isCut ? Z_SYNC_FLUSH : Z_FINISH };
}
