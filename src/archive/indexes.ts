// The indexes of a job: `indexes/NAME.cdxj` for each closed file of the archive. index-writer.ts writes them. If one is
// missing (the file is still being written, or its run was killed), its lines are computed from the file itself.

import { closeSync, lstatSync, readdirSync, readSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { INDEX_LINE_LENGTH_MAX, INDEX_LINES_CHECKED_AT_ONCE } from '../base/limits.ts';
import { removeFile } from '../base/remove.ts';
import { cdxjLine, indexedOf } from './cdxj.ts';
import { folderIn } from './folder.ts';
import { openFile } from './open-file.ts';
import { type Damage, readWarc, type WarcRecord } from './warc-reader.ts';

export const INDEX_FOLDER = 'indexes';
const READ_BYTES = 64 * 1024;
const UNFINISHED = /\.cdxj\.(?:part|runs)$/;

/** Removes an index that is no longer true, or that names records which must not be known any more. */
export function removeIndex(folder: string, file: string): void {
  removeFile(indexPath(folder, file));
}

/** What a killed run may have left of indexes that it did not finish: names of files in the folder of indexes. */
export function unfinishedNames(folder: string): string[] {
  const home = join(folder, INDEX_FOLDER);
  if (lstatSync(home, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(home).filter((name) => UNFINISHED.test(name));
}

/** Removes unfinished indexes. Nobody may be writing them. */
export function removeUnfinished(folder: string, names = unfinishedNames(folder)): void {
  for (const name of names) removeFile(join(folder, INDEX_FOLDER, name));
}

/** Computes the index of a complete file from the file itself, or from its copy at `from`. */
export async function makeIndex(folder: string, file: string, from = join(folder, file)): Promise<void> {
  const path = indexPath(folder, file);
  folderIn(folder, INDEX_FOLDER);
  const text = textOf(await madeLines(readWarc(from), file, Number.POSITIVE_INFINITY));
  // Removes what is there, because a link would lead the write elsewhere.
  removeFile(`${path}.part`);
  writeFileSync(`${path}.part`, text, { encoding: 'latin1', flag: 'wx' });
  renameSync(`${path}.part`, path);
}

/** Whether the file has an index that covers all of it: an index is written when its file is closed. */
export function hasIndex(folder: string, file: string): boolean {
  return lstatSync(indexPath(folder, file), { throwIfNoEntry: false })?.isFile() ?? false;
}

/** The archive of the job in `folder`. */
interface RecordSource {
  readonly folder: string;
  records(file: string): AsyncIterable<WarcRecord | Damage>;
}

/**
 * The sorted index lines of an archive file. It reads an existing index piece by piece. If there is no index, or it
 * `isWrong`, it computes the lines of the records before byte `end` and holds them in memory.
 */
export async function indexLines(
  source: RecordSource,
  file: string,
  end: number,
  isWrong = false,
): Promise<Iterator<string>> {
  const { folder } = source;
  if (hasIndex(folder, file) && !isWrong) return storedLines(indexPath(folder, file));
  return (await madeLines(source.records(file), file, end)).values();
}

/** Key, time, and an object of JSON. */
const LINE = /^\S+ \d{14} \{.*\}$/;

/** Why the index of a file cannot be one that gossamer wrote; null if it can, or there is none. */
export async function indexFault(folder: string, file: string, turn: () => Promise<void>): Promise<string | null> {
  if (!hasIndex(folder, file)) return null;
  let before = '';
  let count = 0;
  try {
    for (const line of storedLines(indexPath(folder, file))) {
      count += 1;
      if (!LINE.test(line)) return `line ${count} of the index is no line of an index`;
      if (line < before) return `line ${count} of the index is out of order`;
      before = line;
      if (count % INDEX_LINES_CHECKED_AT_ONCE === 0) await turn();
    }
    return null;
  } catch (error) {
    if (!(error instanceof LongLine)) throw error;
    return `line ${count + 1} of the index has more than ${INDEX_LINE_LENGTH_MAX / 1024 / 1024} MB`;
  }
}

class LongLine extends Error {}

/** Merges several sorted sequences into one. */
export function* merged(sources: readonly Iterator<string>[]): Generator<string> {
  const heads = sources.map((source) => ({ source, line: source.next().value as string | undefined }));
  for (;;) {
    let least: (typeof heads)[number] | null = null;
    for (const head of heads) {
      if (head.line !== undefined && (least === null || head.line < least.line!)) least = head;
    }
    if (least === null) return;
    yield least.line!;
    least.line = least.source.next().value as string | undefined;
  }
}

/** The index lines of every record that replay may ask for, sorted. */
async function madeLines(records: AsyncIterable<WarcRecord | Damage>, file: string, end: number): Promise<string[]> {
  const lines: string[] = [];
  for await (const found of records) {
    if (found.offset >= end) break;
    const indexed = 'damage' in found ? null : indexedOf(found);
    if (indexed === null || 'damage' in found) continue;
    lines.push(cdxjLine(indexed, { file, offset: found.offset, length: found.length }));
  }
  return lines.sort();
}

function* storedLines(path: string): Generator<string> {
  const file = openFile(path);
  try {
    yield* linesOf(file, 0, Number.POSITIVE_INFINITY);
  } finally {
    closeSync(file);
  }
}

/** The lines of an open file between two places. Throws if one is too long. */
export function* linesOf(file: number, from: number, to: number): Generator<string> {
  const bytes = Buffer.allocUnsafe(Math.min(READ_BYTES, to - from));
  let rest = '';
  for (let at = from; at < to; ) {
    const read = readSync(file, bytes, 0, Math.min(bytes.length, to - at), at);
    if (read === 0) return;
    at += read;
    // URLs are ASCII, so a piece never ends inside a character.
    const lines = (rest + bytes.toString('latin1', 0, read)).split('\n');
    rest = lines.pop()!;
    yield* lines;
    if (rest.length > INDEX_LINE_LENGTH_MAX) throw new LongLine('a line of an index is too long');
  }
}

export function textOf(lines: string[]): string {
  return lines
    .sort()
    .map((line) => `${line}\n`)
    .join('');
}

export function indexPath(folder: string, file: string): string {
  return join(folder, indexPlace(file));
}

/** The name of the index in the job's folder. */
export function indexPlace(file: string): string {
  return `${INDEX_FOLDER}/${basename(file)}.cdxj`;
}

/** Where the lines of a file that is being written are, as far as they are not in memory. */
export function runsPath(folder: string, file: string): string {
  return `${indexPath(folder, file)}.runs`;
}
