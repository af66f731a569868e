// Reads Parquet with the library of the arrow project, which is independent of our writer.

import { tableFromIPC } from 'apache-arrow';
import { ParquetFile, readParquet } from 'parquet-wasm/node';

export interface ReadTable {
  readonly columns: readonly string[];
  /** By column: the name of its type, and whether it may be empty. */
  readonly types: Readonly<Record<string, string>>;
  readonly groups: number;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** 64-bit integers are bigints, times are milliseconds. */
export async function readTable(bytes: Uint8Array): Promise<ReadTable> {
  const table = tableFromIPC(readParquet(bytes).intoIPCStream());
  const file = await ParquetFile.fromFile(new Blob([Buffer.from(bytes)]));
  const names = table.schema.fields.map(({ name }) => name);
  return {
    columns: names,
    types: Object.fromEntries(
      table.schema.fields.map(({ name, type, nullable }) => [name, `${type}${nullable ? '' : ', always'}`]),
    ),
    groups: file.metadata().numRowGroups(),
    rows: Array.from(table, (row) => row.toJSON()),
  };
}
