// The view for spreadsheets: one line for each URL (RFC 4180), in the order in which URLs were found. Text from a page
// always stays text.

import type { Writable } from 'node:stream';
import type { Ledger, Row } from '../../base/contracts.ts';
import { writeLines } from '../lines.ts';
import { nothingUnwritten, soundRows, type Unwritten } from '../unwritten.ts';
import { COLUMNS, type Column } from './columns.ts';
import { isoTime } from './record.ts';

export interface CsvSummary {
  readonly rows: number;
  readonly unwritten: Unwritten;
}

const LINE_END = '\r\n';
/** The beginnings of formulas in various spreadsheets (OWASP, "CSV Injection"). */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
/** Control characters that no text needs and that may control a terminal. */
const CONTROLS = /[^\P{Cc}\t\r\n]/gu;
const SPECIAL = /[",\r\n]/;

/**
 * Writes a header line and every URL of the ledger to `out`, no faster than `out` takes it, and leaves `out` open.
 * `safe` returns the text that is written for a line.
 */
export async function exportCsv(ledger: Ledger, out: Writable, safe = (line: string) => line): Promise<CsvSummary> {
  const summary = { rows: 0, unwritten: nothingUnwritten() };
  await writeLines(lines(ledger, summary, safe), out);
  return summary;
}

async function* lines(
  ledger: Ledger,
  summary: { rows: number; readonly unwritten: Unwritten },
  safe: (line: string) => string,
): AsyncGenerator<readonly string[]> {
  yield [COLUMNS.map(({ name }) => name).join(',') + LINE_END];
  for await (const rows of soundRows(ledger, summary.unwritten)) {
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

/** A text as a cell. If a spreadsheet might read it as a formula, an apostrophe comes before it. */
export function textCell(text: string): string {
  const tame = text.replace(CONTROLS, '\ufffd');
  const safe = FORMULA.test(tame) ? `'${tame}` : tame;
  return SPECIAL.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
