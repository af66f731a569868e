// The head of a WARC record: its fields, and how long its block is.

import { RECORD_HEAD_BYTES_MAX } from '../base/limits.ts';

export interface WarcRecord {
  /** The member's offset in the file. */
  readonly offset: number;
  readonly length: number;
  /** The fields by lower-case name. If a field occurs twice the last value counts. */
  readonly fields: ReadonlyMap<string, string>;
  /** The block; of a record that is too long for memory its beginning, with the head of a response. */
  readonly block: Buffer;
  /** The whole record, decompressed. It can be read until the next record is asked for. */
  pieces(): Pieces;
  /** The whole block, likewise. */
  blockPieces(): Pieces;
}

type Pieces = Iterable<Buffer> | AsyncIterable<Buffer>;

export interface Damage {
  readonly offset: number;
  /** The length of the member if its frame is intact and only its content is damaged; 0 if the length is unknown. */
  readonly length: number;
  readonly damage: string;
}

export const BLANK_LINE = Buffer.from('\r\n\r\n');

/** The fields of a record whose head ends with a blank line at `end`. Throws if it is not the head of a record. */
export function fieldsOf(bytes: Buffer, end: number): Map<string, string> {
  if (end > RECORD_HEAD_BYTES_MAX) throw new Error(`its head has more than ${RECORD_HEAD_BYTES_MAX / 1024} KB`);
  const [version, ...lines] = bytes.toString('utf8', 0, Math.max(0, end)).split(/\r?\n/);
  if (end < 0 || !/^WARC\/1\.[01]$/.test(version ?? '')) throw new Error('its member holds no WARC record');
  const fields = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return fields;
}

/** The length of the block that the field declares. Throws if no block has that length. */
export function blockBytes(declared: string | undefined): number {
  if (declared === undefined) throw new Error('its record has no Content-Length');
  const bytes = /^\d+$/.test(declared) ? Number(declared) : Number.NaN;
  if (Number.isSafeInteger(bytes)) return bytes;
  throw new Error(`its record has a Content-Length of ${JSON.stringify(declared.slice(0, 40))}`);
}
