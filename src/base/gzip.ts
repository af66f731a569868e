// The frames around a deflate stream (RFC 1950; RFC 1952, section 2.3), to save what a damaged one still contains.

/** RFC 1950, section 2.2, without a dictionary. */
export const ZLIB_HEADER_BYTES = 2;
const HEADER_BYTES = 10;
const TRAILER_BYTES = 8;
const FLAG_HEADER_CRC = 2;
const FLAG_EXTRA = 4;
const FLAG_NAME = 8;
const FLAG_COMMENT = 16;

/** Where the deflate stream of the first member begins; -1 if there is none. */
export function gzipBodyStart(bytes: Uint8Array): number {
  if (bytes.length < HEADER_BYTES || bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 8) return -1;
  const flags = bytes[3]!;
  let at = HEADER_BYTES;
  if (flags & FLAG_EXTRA) at += 2 + (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 256;
  for (const flag of [FLAG_NAME, FLAG_COMMENT]) {
    if ((flags & flag) === 0) continue;
    const end = bytes.indexOf(0, at);
    if (end < 0) return -1;
    at = end + 1;
  }
  if (flags & FLAG_HEADER_CRC) at += 2;
  return at <= bytes.length ? at : -1;
}

/** Whether the trailer at `at` has this checksum and length of the decoded bytes. Then the rest is only padding. */
export function isGzipEnd(bytes: Uint8Array, at: number, crc32: number, length: number): boolean {
  if (at + TRAILER_BYTES > bytes.length) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return view.getUint32(at, true) === crc32 && view.getUint32(at + 4, true) === length % 2 ** 32;
}

/** Whether another member follows the one whose deflate stream ends at `at`. */
export function isGzipFollowed(bytes: Uint8Array, at: number): boolean {
  const next = at + TRAILER_BYTES;
  return bytes[next] === 0x1f && bytes[next + 1] === 0x8b;
}
