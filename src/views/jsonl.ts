// The view that every other tool can read: one JSON object a line, one line a URL, in the order in which URLs were found.

import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Archive, Ledger } from '../base/contracts.ts';
import { EXPORT_CHUNK_BYTES, EXPORT_ROWS_PER_READ } from '../base/limits.ts';
import { recordOf } from './record.ts';

export interface JsonlOptions {
  /** Give the links of each page instead of their number. */
  readonly links: boolean;
}

export interface JsonlSummary {
  readonly rows: number;
}

/**
 * Writes every URL that the ledger knows to `out`, no faster than `out` takes it, and leaves `out` open. Rejects with the
 * error of `out`.
 */
export async function exportJsonl(
  ledger: Ledger,
  _archive: Archive | null,
  options: JsonlOptions,
  out: Writable,
): Promise<JsonlSummary> {
  const summary = { rows: 0 };
  await pipeline(Readable.from(chunks(ledger, options, summary)), out, { end: false });
  return summary;
}

// Read in pieces: no statement stays open while `out` is waited for, so a running crawl can go on checkpointing.
function* chunks(ledger: Ledger, options: JsonlOptions, summary: { rows: number }): Generator<string> {
  let chunk = '';
  let afterId = 0;
  for (let read = EXPORT_ROWS_PER_READ; read === EXPORT_ROWS_PER_READ; ) {
    read = 0;
    for (const row of [...ledger.rows({ afterId, limit: EXPORT_ROWS_PER_READ })]) {
      chunk += `${JSON.stringify(recordOf(row, options.links ? ledger.links(row.id) : row.links))}\n`;
      afterId = row.id;
      read += 1;
      if (chunk.length < EXPORT_CHUNK_BYTES) continue;
      yield chunk;
      chunk = '';
    }
    summary.rows += read;
  }
  if (chunk !== '') yield chunk;
}
