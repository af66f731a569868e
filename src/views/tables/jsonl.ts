// The view for all other tools: one JSON object a line, one line for each URL, in the order in which URLs were found.

import type { Writable } from 'node:stream';
import type { Ledger, Row } from '../../base/contracts.ts';
import { writeLines } from '../lines.ts';
import { noteUnwritten, nothingUnwritten, type Unwritten } from '../unwritten.ts';
import { recordOf } from './record.ts';

export interface JsonlOptions {
  /** Write the links of each page and not only their number. */
  readonly links: boolean;
  /** Returns the text that is written for a line, without its line end; absent if that is the whole line. */
  readonly line?: (line: string) => string;
}

export interface JsonlSummary {
  readonly rows: number;
  /** Rows whose line would exceed the length of a string. */
  readonly unwritten: Unwritten;
}

/**
 * Writes every URL of the ledger to `out`, no faster than `out` takes it, and leaves `out` open. Rejects with the error
 * of `out`.
 */
export async function exportJsonl(ledger: Ledger, options: JsonlOptions, out: Writable): Promise<JsonlSummary> {
  const summary = { rows: 0, unwritten: nothingUnwritten() };
  await writeLines(lines(ledger, options, summary), out);
  return summary;
}

// The ledger gives whole pages, so no transaction stays open while `out` is slow.
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

/** Null if the text cannot be made; that is noted. */
function textOf(row: Row, unwritten: Unwritten, make: () => string): string | null {
  try {
    return make();
  } catch (error) {
    noteUnwritten(unwritten, error, row);
    return null;
  }
}
