// The view that every other tool can read: one JSON object a line, one line a URL, in the order in which URLs were found.

import type { Writable } from 'node:stream';
import type { Ledger } from '../../base/contracts.ts';
import { writeLines } from '../lines.ts';
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
  await writeLines(lines(ledger, options, summary), out);
  return summary;
}

// The ledger reads in pages of its own: no transaction stays open while `out` is waited for.
function* lines(ledger: Ledger, options: JsonlOptions, summary: { rows: number }): Generator<string> {
  for (const row of ledger.rows()) {
    summary.rows += 1;
    yield `${JSON.stringify(recordOf(row, options.links ? ledger.links(row.id) : row.links))}\n`;
  }
}
