// Finds the index of a job: in its folder, or in the database where its rows are.

import type { Ledger } from '../base/contracts.ts';
import { JobError } from '../base/errors.ts';
import { dropIndex } from './index-file.ts';
import type { IndexFiller, IndexReader } from './index-store.ts';
import { openPostgresReader } from './postgres-reader.ts';
import { dropTables } from './postgres-tables.ts';
import { openPostgresWriter } from './postgres-writer.ts';
import { openSqliteReader } from './sqlite-reader.ts';
import { openSqliteWriter } from './sqlite-writer.ts';

/** `older`: it is of another version or damaged, and can be made again. */
export type IndexState = 'ready' | 'missing' | 'older';

/** Whether the job has an index that can be read. */
export async function indexState(folder: string, ledger: Pick<Ledger, 'tables'>): Promise<IndexState> {
  try {
    await (await openReader(folder, ledger))[Symbol.asyncDispose]();
    return 'ready';
  } catch (error) {
    if (error instanceof JobError) return error.code === 'older' ? 'older' : 'missing';
    throw error;
  }
}

/** Throws JobError if there is no index that can be read, with the code `missing` or `older`. */
export async function openReader(folder: string, { tables }: Pick<Ledger, 'tables'>): Promise<IndexReader> {
  return tables === undefined ? openSqliteReader(folder) : openPostgresReader(tables, folder);
}

/** `keyOf` makes the key of a URL. */
export async function openWriter(
  folder: string,
  { tables }: Pick<Ledger, 'tables'>,
  keyOf: (url: string) => string,
): Promise<IndexFiller> {
  return tables === undefined ? openSqliteWriter(folder, keyOf) : openPostgresWriter(tables, keyOf);
}

/** Deletes the index; whether there was one. */
export async function removeIndex(folder: string, { tables }: Pick<Ledger, 'tables'>): Promise<boolean> {
  const wasInFolder = dropIndex(folder);
  return (tables !== undefined && (await dropTables(tables))) || wasInFolder;
}
