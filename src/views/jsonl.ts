// The view that every other tool can read: one JSON object a line, one line a URL, in the order in which URLs were found.

import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Ledger } from '../base/contracts.ts';
import { EXPORT_CHUNK_LENGTH } from '../base/limits.ts';
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
export async function exportJsonl(ledger: Ledger, options: JsonlOptions, out: Writable): Promise<JsonlSummary> {
  const summary = { rows: 0 };
  await pipeline(Readable.from(chunks(ledger, options, summary)), out, { end: false });
  return summary;
}

// The ledger reads in pages of its own: no transaction stays open while `out` is waited for.
function* chunks(ledger: Ledger, options: JsonlOptions, summary: { rows: number }): Generator<string> {
  let chunk = '';
  for (const row of ledger.rows()) {
    chunk += `${JSON.stringify(recordOf(row, options.links ? ledger.links(row.id) : row.links))}\n`;
    summary.rows += 1;
    if (chunk.length < EXPORT_CHUNK_LENGTH) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}
