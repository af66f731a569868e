// The view that every other tool can read: one JSON object a line, one line a URL, in the order in which URLs were found.

import type { Writable } from 'node:stream';
import type { Ledger, Row } from '../../base/contracts.ts';
import { writeLines } from '../lines.ts';
import { noteUnwritten, nothingUnwritten, type Unwritten } from '../unwritten.ts';
import { recordOf } from './record.ts';

export interface JsonlOptions {
  /** Give the links of each page instead of their number. */
  readonly links: boolean;
  /** What of a line is written, without its end; absent where that is all of it. */
  readonly line?: (line: string) => string;
}

export interface JsonlSummary {
  readonly rows: number;
  /** Rows whose line is longer than a text can be. */
  readonly unwritten: Unwritten;
}

/**
 * Writes every URL that the ledger knows to `out`, no faster than `out` takes it, and leaves `out` open. Rejects with the
 * error of `out`.
 */
export async function exportJsonl(ledger: Ledger, options: JsonlOptions, out: Writable): Promise<JsonlSummary> {
  const summary = { rows: 0, unwritten: nothingUnwritten() };
  await writeLines(lines(ledger, options, summary), out);
  return summary;
}

// The ledger reads in pages of its own: no transaction stays open while `out` is waited for.
function* lines(
  ledger: Ledger,
  { links, line = (all) => all }: JsonlOptions,
  summary: { rows: number; readonly unwritten: Unwritten },
): Generator<string> {
  for (const row of ledger.rows()) {
    const text = textOf(row, summary.unwritten, () =>
      JSON.stringify(recordOf(row, links ? ledger.links(row.id) : row.links)),
    );
    if (text === null) continue;
    summary.rows += 1;
    yield `${line(text)}\n`;
  }
}

/** Null where it cannot be made, which is noted. */
function textOf(row: Row, unwritten: Unwritten, make: () => string): string | null {
  try {
    return make();
  } catch (error) {
    noteUnwritten(unwritten, error, row);
    return null;
  }
}
