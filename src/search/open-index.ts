// Finds the index of a job: in its folder, or in the database where its rows are.

import type { Ledger } from '../base/contracts.ts';
import type { IndexFiller, IndexReader } from './index-store.ts';
import { openSqliteReader } from './sqlite-reader.ts';
import { openSqliteWriter } from './sqlite-writer.ts';

/** Throws JobError if there is no index that can be read. */
export async function openReader(folder: string, _ledger: Ledger): Promise<IndexReader> {
  return openSqliteReader(folder);
}

/** `keyOf` makes the key of a URL. */
export async function openWriter(
  folder: string,
  _ledger: Ledger,
  keyOf: (url: string) => string,
): Promise<IndexFiller> {
  return openSqliteWriter(folder, keyOf);
}
