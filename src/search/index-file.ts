// The file of the index: an SQLite database in the job's folder. Everything in it can be made again from the archive,
// so it is written without waiting for the disk, and an index of another version is thrown away.
//
// It keeps no text. The full-text tables (FTS5) of each shard know where each term stands and nothing else: `words` all
// columns of the pages, `titles` their titles again, because a look into one column takes as long as a look into all,
// and `anchor_words` the texts of links to them. Excerpts are made from the archive.

import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { JobError } from '../base/errors.ts';
import { PROGRAM } from '../base/program.ts';
import { removeFile } from '../base/remove.ts';
import { INDEX_FILE } from '../store/location.ts';
import { sameTables } from '../store/sqlite/tables.ts';
import { COLUMNS } from './weights.ts';

const VERSION = 5;

/** Terms come folded and cut, so the tokenizer only has to part them at the spaces. */
const TOKENS = `tokenize="ascii tokenchars '_'"`;
const TABLES = `
  create table pages (
    id integer primary key,
    key integer not null,
    mark integer not null,
    url text not null,
    title text,
    type text not null,
    language text not null,
    at integer not null,
    likeness_high integer not null,
    likeness_low integer not null,
    -- How many different texts lead to the page.
    named integer not null default 0
  );
  create index pages_by_key on pages (key);
  -- To count the pages takes a look at all of them.
  create table languages (language text primary key, pages integer not null) without rowid;
  create table anchors (target integer not null, text text not null, primary key (target, text)) without rowid;
  create table untold (target integer primary key);
  pragma user_version = ${VERSION};
`;

/** The full-text tables of each shard, with their columns. */
export const FULL_TEXT = { words: COLUMNS, titles: ['title'], anchor_words: ['text'] } as const;
type FullText = keyof typeof FULL_TEXT;

/** The name of a full-text table in a shard. */
export function tableIn(shard: number, name: FullText): string {
  return `${name}_${shard}`;
}

/** Creates the full-text tables of a shard, unless they are there. */
export function createShard(database: DatabaseSync, shard: number): void {
  for (const [name, columns] of Object.entries(FULL_TEXT)) {
    database.exec(`create virtual table if not exists ${tableIn(shard, name as FullText)}
      using fts5 (${columns.join(', ')}, content='', contentless_delete=1, ${TOKENS})`);
  }
}

/** The shards that have tables, in their order. */
export function shardsIn(database: DatabaseSync): number[] {
  const select = "select name from sqlite_schema where name glob 'words_[0-9]*' and sql like 'create virtual%'";
  const names = database.prepare(select).all();
  return names.map(({ name }) => Number((name as string).slice('words_'.length))).sort((one, other) => one - other);
}

/** What SQLite adds to the name of a database for the files beside it. */
const ENDS = ['', '-wal', '-shm', '-journal'] as const;

function indexPath(folder: string): string {
  return join(folder, INDEX_FILE);
}

/** Opens the index of a job to search in it. Throws JobError: `missing` if there is none, `older` if it is unfit. */
export function readIndex(folder: string): DatabaseSync {
  if (!isThere(folder)) throw new JobError('missing', `${folder} has no index yet: ${advice(folder)}`);
  const database = opened(indexPath(folder));
  if (database === null) throw unfit(folder);
  return database;
}

/** The index has what no crawl writes. */
export function unfit(folder: string): JobError {
  return new JobError('older', `The index of ${folder} is damaged or of another version: ${advice(folder)}`);
}

function advice(folder: string): string {
  return `make it with ${PROGRAM} index ${folder}.`;
}

/** Opens the index of a job to add to it. An index of another version or a damaged one is begun anew. */
export function openIndex(folder: string): { readonly database: DatabaseSync; readonly isRenewed: boolean } {
  const path = indexPath(folder);
  const before = isThere(folder) ? opened(path) : undefined;
  before?.close();
  const isRenewed = before === null;
  if (isRenewed) dropIndex(folder);
  const database = new DatabaseSync(path, { timeout: 10_000 });
  // Only an empty file can be told to give back the pages that it needs no more.
  database.exec('pragma auto_vacuum = incremental; pragma journal_mode = wal; pragma synchronous = off;');
  database.exec('pragma cache_size = -65536; begin immediate');
  if (database.prepare('pragma user_version').get()!['user_version'] !== VERSION) database.exec(TABLES);
  database.exec('commit');
  return { database, isRenewed };
}

/** Deletes the index; whether there was one. */
export function dropIndex(folder: string): boolean {
  const wasThere = lstatSync(indexPath(folder), { throwIfNoEntry: false }) !== undefined;
  for (const end of ENDS) removeFile(indexPath(folder) + end);
  return wasThere;
}

/**
 * Throws JobError if something else is in a place of its files: SQLite would wait at a pipe, and follow a link to the
 * database of another program.
 */
function isThere(folder: string): boolean {
  const path = indexPath(folder);
  const isFile = (name: string): boolean | undefined => lstatSync(name, { throwIfNoEntry: false })?.isFile();
  const strange = ENDS.find((end) => isFile(path + end) === false);
  if (strange !== undefined) throw new JobError('missing', `${path}${strange} is not a regular file: remove it.`);
  return isFile(path) === true;
}

/** Null if the file is no index of this version. A view or a trigger in it would run its author's code. */
function opened(path: string): DatabaseSync | null {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    using made = new DatabaseSync(':memory:');
    made.exec(TABLES);
    const isOfVersion = database.prepare('pragma user_version').get()!['user_version'] === VERSION;
    for (const shard of isOfVersion ? shardsIn(database) : []) createShard(made, shard);
    if (isOfVersion && sameTables(database, made)) return database;
  } catch {
    // It is no database, or a damaged one.
  }
  database?.close();
  return null;
}
