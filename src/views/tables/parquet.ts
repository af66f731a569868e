// The view for data tools: one row for each URL as Parquet, in groups of rows. At most one group is in memory.

import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { zstdCompressSync } from 'node:zlib';
import type { BasicType, ColumnSource } from 'hyparquet-writer';
import type { Ledger, Paged, Row } from '../../base/contracts.ts';
import { PARQUET_GROUP_LENGTH_MAX, PARQUET_GROUP_ROWS_MAX } from '../../base/limits.ts';
import { nothingUnwritten, soundRows, type Unwritten } from '../unwritten.ts';
import { COLUMNS, type Column } from './columns.ts';

export interface ParquetSummary {
  readonly rows: number;
  readonly unwritten: Unwritten;
}

type Cell = string | number | bigint | null;

interface Group {
  readonly rows: number;
  /** The cells, by column. */
  readonly cells: readonly (readonly Cell[])[];
}

const TYPES: Readonly<Record<Column['type'], BasicType>> = {
  text: 'STRING',
  count: 'INT32',
  size: 'INT64',
  time: 'TIMESTAMP',
};
/** Columns that always have a value. */
const REQUIRED: ReadonlySet<string> = new Set(['url', 'key', 'state', 'depth', 'tries', 'links']);
const NO_ROWS: Group = { rows: 0, cells: COLUMNS.map(() => []) };

/** Writes every URL of the ledger to `out`, no faster than `out` takes it, and leaves `out` open. */
export async function exportParquet(ledger: Ledger, out: Writable): Promise<ParquetSummary> {
  const summary = { rows: 0, unwritten: nothingUnwritten() };
  await pipeline(Readable.from(pieces(ledger, summary)), out, { end: false });
  return summary;
}

async function* pieces(
  ledger: Ledger,
  summary: { rows: number; readonly unwritten: Unwritten },
): AsyncGenerator<Uint8Array> {
  const { ByteWriter, ParquetWriter, schemaFromColumnData } = await import('hyparquet-writer');
  const bytes = new ByteWriter();
  const file = new ParquetWriter({
    writer: bytes,
    schema: schemaFromColumnData({ columnData: sourcesOf(NO_ROWS) }),
    codec: 'ZSTD',
    compressors: { ZSTD: zstdCompressSync },
    createdBy: 'gossamer',
  });
  const taken = (): Uint8Array => {
    const piece = bytes.getBytes().slice();
    bytes.index = 0;
    return piece;
  };
  for await (const group of groupsOf(soundRows(ledger, summary.unwritten))) {
    file.write({ columnData: sourcesOf(group), rowGroupSize: group.rows });
    summary.rows += group.rows;
    yield taken();
  }
  file.finish();
  yield taken();
}

async function* groupsOf(pages: Paged<Row>): AsyncGenerator<Group> {
  let cells: Cell[][] = COLUMNS.map(() => []);
  let count = 0;
  let length = 0;
  for await (const rows of pages) {
    for (const row of rows) {
      for (const [index, column] of COLUMNS.entries()) {
        const cell = cellOf(column, row);
        cells[index]!.push(cell);
        if (typeof cell === 'string') length += cell.length;
      }
      count += 1;
      if (count < PARQUET_GROUP_ROWS_MAX && length < PARQUET_GROUP_LENGTH_MAX) continue;
      yield { rows: count, cells };
      cells = COLUMNS.map(() => []);
      count = 0;
      length = 0;
    }
  }
  if (count > 0) yield { rows: count, cells };
}

function cellOf(column: Column, row: Row): Cell {
  const value = column.of(row);
  return column.type === 'size' && value !== null ? BigInt(value) : value;
}

function sourcesOf({ cells }: Group): ColumnSource[] {
  return COLUMNS.map(({ name, type }, index) => ({
    name,
    data: cells[index] as Cell[],
    type: TYPES[type],
    nullable: !REQUIRED.has(name),
  }));
}
