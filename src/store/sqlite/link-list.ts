// A page's links as bytes: their number, then each id as its difference from the id before (the first from the page's
// own id). Differences are zigzag-coded as variable-length integers of seven bits a byte. Most ids are near the page's
// own, so they take two bytes.

import { ID_MAX } from '../memory/seen.ts';

const VARINT_BYTES_MAX = 5;

/** Encodes into its own buffer, which the next call overwrites. */
export interface LinkListWriter {
  encode(page: number, ids: ReadonlySet<number>): Uint8Array;
}

export function createLinkListWriter(): LinkListWriter {
  let buffer = new Uint8Array(1024);
  return {
    encode(page, ids) {
      const bytesMax = (ids.size + 1) * VARINT_BYTES_MAX;
      if (buffer.length < bytesMax) buffer = new Uint8Array(bytesMax * 2);
      let at = writeVarint(buffer, 0, ids.size);
      let before = page;
      for (const id of ids) {
        const step = id - before;
        at = writeVarint(buffer, at, step < 0 ? -2 * step - 1 : 2 * step);
        before = id;
      }
      return buffer.subarray(0, at);
    },
  };
}

/** The ids of a page's links, in document order. Throws if the bytes are malformed. */
export function decodeLinkList(page: number, bytes: Uint8Array): number[] {
  const cursor = { at: 0 };
  const count = readVarint(bytes, cursor);
  const ids: number[] = [];
  let id = page;
  for (let index = 0; index < count; index += 1) {
    const coded = readVarint(bytes, cursor);
    id += coded % 2 === 0 ? coded / 2 : -(coded + 1) / 2;
    if (id < 1 || id > ID_MAX) throw malformed(page, `the id ${id}`);
    ids.push(id);
  }
  if (cursor.at !== bytes.length) throw malformed(page, `${bytes.length - cursor.at} bytes too many`);
  return ids;
}

/** The number of links, from the first bytes of the list. */
export function countLinkList(page: number, bytes: Uint8Array): number {
  const cursor = { at: 0 };
  const count = readVarint(bytes, cursor);
  if (cursor.at === 0) throw malformed(page, 'no count');
  return count;
}

function writeVarint(bytes: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  // Zigzag doubles a 32-bit difference, so the highest values exceed 32-bit operators.
  while (rest > 0x7fffffff) {
    bytes[at] = (rest % 128) | 128;
    at += 1;
    rest = Math.floor(rest / 128);
  }
  while (rest >= 128) {
    bytes[at] = (rest & 127) | 128;
    at += 1;
    rest >>>= 7;
  }
  bytes[at] = rest;
  return at + 1;
}

function readVarint(bytes: Uint8Array, cursor: { at: number }): number {
  let value = 0;
  let scale = 1;
  for (let length = 0; length < VARINT_BYTES_MAX; length += 1) {
    const byte = bytes[cursor.at];
    if (byte === undefined) break;
    cursor.at += 1;
    value += (byte & 127) * scale;
    if (byte < 128) return value;
    scale *= 128;
  }
  throw new Error(`store: the list of links is malformed at byte ${cursor.at}`);
}

function malformed(page: number, what: string): Error {
  return new Error(`store: the list of links of row ${page} is malformed: ${what}`);
}
