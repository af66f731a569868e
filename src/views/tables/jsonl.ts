// The view for all other tools: one JSON object a line, one line for each URL, in the order in which URLs were found.

import type { Writable } from 'node:stream';
import type { Ledger, Row } from '../../base/contracts.ts';
import { LINKS_READ_MAX } from '../../base/limits.ts';
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
    const linksOf = linksAhead(ledger, rows);
    for (const [at, row] of rows.entries()) {
      try {
        const targets = links ? await linksOf(at) : row.links;
        texts.push(`${line(JSON.stringify(recordOf(row, targets)))}\n`);
      } catch (error) {
        noteUnwritten(summary.unwritten, error, row);
      }
    }
    summary.rows += texts.length;
    yield texts;
  }
}

/**
 * Reads the links of rows in their order. It asks for those of several rows at once, because a database may be far
 * away, but not for too many links.
 */
function linksAhead({ links }: Ledger, rows: readonly Row[]): (at: number) => Promise<readonly string[]> {
  const known = new Map<number, readonly string[]>();
  const readFrom = async (at: number): Promise<void> => {
    known.clear();
    const ids: number[] = [];
    let count = 0;
    for (const row of rows.slice(at)) {
      count += row.links;
      if (ids.length > 0 && count > LINKS_READ_MAX) break;
      if (row.links > 0) ids.push(row.id);
    }
    // If the links of one row are damaged, those of the others can still be read.
    const lists = await links.of(ids).catch(() => links.of(ids.slice(0, 1)));
    for (const [index, list] of lists.entries()) known.set(ids[index]!, list);
  };
  return async (at) => {
    const { id, links: count } = rows[at]!;
    if (count === 0) return [];
    if (!known.has(id)) await readFrom(at);
    return known.get(id)!;
  };
}
