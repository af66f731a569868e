// Reads a file elsewhere through a window. A single record costs one short request; a file that is read onward is read
// ahead, further each time.

import { AHEAD_BYTES_MAX, AHEAD_BYTES_MIN } from '../../base/limits.ts';
import type { FileThere } from '../file-there.ts';

/** `fetchBytes` gives the bytes from `from` to before `end`, or fewer at the end of the file. */
export function windowOn(
  name: string,
  bytes: number,
  fetchBytes: (from: number, end: number) => Promise<Buffer>,
): FileThere {
  let window: Buffer = Buffer.alloc(0);
  let start = 0;
  let ahead = 0;
  return {
    name,
    bytes,
    async read(from, wanted) {
      const end = Math.min(bytes, from + wanted);
      const has = start + window.length;
      if (from >= start && end <= has) return window.subarray(from - start, end - start);
      const isOnward = window.length > 0 && from >= start && from <= has + AHEAD_BYTES_MIN;
      ahead = isOnward ? Math.min(AHEAD_BYTES_MAX, Math.max(AHEAD_BYTES_MIN, 2 * ahead)) : 0;
      const kept = from >= start && from < has ? window.subarray(from - start) : Buffer.alloc(0);
      const more = await fetchBytes(from + kept.length, Math.min(bytes, Math.max(end, from + ahead)));
      const read = kept.length === 0 ? more : Buffer.concat([kept, more]);
      window = read;
      start = from;
      return read.subarray(0, end - from);
    },
  };
}

/** The bytes of a file before `end`, piece by piece. */
export async function* piecesOf(file: FileThere, end: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < end; ) {
    const piece = await file.read(at, Math.min(end - at, AHEAD_BYTES_MAX));
    if (piece.length === 0) return;
    at += piece.length;
    yield piece;
  }
}
