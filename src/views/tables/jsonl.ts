// The view for all other tools: one JSON object a line, one line for each URL, in the order in which URLs were found.

import type { Writable } from 'node:stream';
import type { Ledger } from '../../base/contracts.ts';
import { writeLines } from '../lines.ts';
import { noteUnwritten, nothingUnwritten, soundRows, type Unwritten } from '../unwritten.ts';
import { recordOf } from './record.ts';

export interface JsonlOptions {
  /** Write the links of each page and not only their number. */
  readonly links: boolean;
  /** Returns the text that is written for a line, without its line end; absent if that is the whole line. */
  readonly line?: (line: string) => string;
}

export interface JsonlSummary {
  readonly rows: number;
  /** Rows whose line would exceed the length of a string, and those that hold what no crawl writes. */
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
  for await (const rows of soundRows(ledger, summary.unwritten)) {
    const texts: string[] = [];
    for (const row of rows) {
      try {
        const targets = links ? (await ledger.links.of([row.id]))[0]! : row.links;
        texts.push(`${line(JSON.stringify(recordOf(row, targets)))}\n`);
      } catch (error) {
        noteUnwritten(summary.unwritten, error, row);
      }
    }
    summary.rows += texts.length;
    yield texts;
  }
}
