// The view for spreadsheets: one line a URL (RFC 4180), in the order in which URLs were found. Whatever a page says
// stays a text there.

import type { Writable } from 'node:stream';
import type { Ledger, Row } from '../../base/contracts.ts';
import { writeLines } from '../lines.ts';
import { COLUMNS, type Column } from './columns.ts';
import { isoTime } from './record.ts';

export interface CsvSummary {
  readonly rows: number;
}

const LINE_END = '\r\n';
/** How a formula begins, in some spreadsheet or other (OWASP, "CSV Injection"). */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
/** Controls that no text needs, some of which a terminal obeys. */
const CONTROLS = /[^\P{Cc}\t\r\n]/gu;
const SPECIAL = /[",\r\n]/;

/**
 * Writes a line of names and then every URL that the ledger knows to `out`, no faster than `out` takes it, and leaves
 * `out` open; `safe` gives what of a line is written.
 */
export async function exportCsv(ledger: Ledger, out: Writable, safe = (line: string) => line): Promise<CsvSummary> {
  const summary = { rows: 0 };
  await writeLines(lines(ledger, summary, safe), out);
  return summary;
}

async function* lines(
  ledger: Ledger,
  summary: { rows: number },
  safe: (line: string) => string,
): AsyncGenerator<readonly string[]> {
  yield [COLUMNS.map(({ name }) => name).join(',') + LINE_END];
  for await (const rows of ledger.rows.all()) {
    summary.rows += rows.length;
    yield rows.map((row) => safe(lineOf(row)) + LINE_END);
  }
}

function lineOf(row: Row): string {
  let line = '';
  for (const column of COLUMNS) line += line === '' ? cellOf(column, row) : `,${cellOf(column, row)}`;
  return line;
}

function cellOf(column: Column, row: Row): string {
  if (column.type === 'text') return textCell(column.of(row) ?? '');
  const value = column.of(row);
  return (column.type === 'time' ? isoTime(value) : value?.toString()) ?? '';
}

/** A text as a cell that no spreadsheet takes for a formula: an apostrophe stands before what might be one. */
export function textCell(text: string): string {
  const tame = text.replace(CONTROLS, '\ufffd');
  const safe = FORMULA.test(tame) ? `'${tame}` : tame;
  return SPECIAL.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
