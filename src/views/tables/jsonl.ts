// The view that every other tool can read: one JSON object a line, one line a URL, in the order in which URLs were
// found.

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
 * Writes every URL that the ledger knows to `out`, no faster than `out` takes it, and leaves `out` open. Rejects with
 * the error of `out`.
 */
export async function exportJsonl(ledger: Ledger, options: JsonlOptions, out: Writable): Promise<JsonlSummary> {
  const summary = { rows: 0, unwritten: nothingUnwritten() };
  await writeLines(lines(ledger, options, summary), out);
  return summary;
}

// The ledger gives whole pages: no transaction stays open while `out` is waited for.
async function* lines(
  ledger: Ledger,
  { links, line = (all) => all }: JsonlOptions,
  summary: { rows: number; readonly unwritten: Unwritten },
): AsyncGenerator<readonly string[]> {
  for await (const rows of ledger.rows.all()) {
    const targets = links ? await ledger.links.of(rows.map(({ id }) => id)) : null;
    const texts = rows.flatMap((row, at) => {
      const text = textOf(row, summary.unwritten, () => JSON.stringify(recordOf(row, targets?.[at] ?? row.links)));
      return text === null ? [] : [`${line(text)}\n`];
    });
    summary.rows += texts.length;
    yield texts;
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
