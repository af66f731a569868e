// The indexes of a job: `indexes/NAME.cdxj` for each closed file of the archive. If an index is missing (the file is
// still being written, or its run was killed), its lines are computed from the file itself.

import { closeSync, lstatSync, readSync, renameSync, writeFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ArchivePlace } from '../base/contracts.ts';
import { removeFile } from '../base/remove.ts';
import type { Room } from '../base/room.ts';
import { cdxjLine, type Indexed, indexedOf } from './cdxj.ts';
import { folderIn } from './folder.ts';
import { openFile } from './open-file.ts';
import { readWarc } from './warc-reader.ts';

const INDEX_FOLDER = 'indexes';
const READ_BYTES = 64 * 1024;

/** Holds the index lines of files that are still being written, and owns them until the file is closed. */
export interface IndexWriter {
  add(indexed: Indexed, place: ArchivePlace): void;
  /** Writes the index of a complete file. */
  close(file: string): Promise<void>;
}

/** The index lines of each file that is being written. */
export type OpenIndexes = Map<string, string[]>;

/** `folder` is the job's folder; `room` waits while the disk is full. `lines` has what was added before. */
export function createIndexWriter(
  folder: string,
  room: Pick<Room, 'whenThere'>,
  lines: OpenIndexes = new Map(),
): IndexWriter {
  return {
    add(indexed, place) {
      const known = lines.get(place.file);
      // Copied into one piece: a text that was put together keeps its pieces, which take twice the memory.
      const line = Buffer.from(cdxjLine(indexed, place), 'latin1').toString('latin1');
      if (known === undefined) lines.set(place.file, [line]);
      else known.push(line);
    },
    async close(file) {
      const own = lines.get(file) ?? [];
      lines.delete(file);
      const path = indexPath(folder, file);
      const text = textOf(own);
      await room.whenThere(
        `the index of ${file} could not be written; it is computed from the file when it is needed`,
        async () => {
          folderIn(folder, INDEX_FOLDER);
          await writeFile(`${path}.part`, text, { encoding: 'latin1', flush: true });
          await rename(`${path}.part`, path);
        },
      );
    },
  };
}

/** Removes an index that is no longer true, or that names records which must not be known any more. */
export function removeIndex(folder: string, file: string): void {
  removeFile(indexPath(folder, file));
}

/** Computes the index of a complete file from the file itself. */
export function makeIndex(folder: string, file: string): void {
  const path = indexPath(folder, file);
  folderIn(folder, INDEX_FOLDER);
  const text = textOf(madeLines(join(folder, file), file, Number.POSITIVE_INFINITY));
  // Removes what is there, because a link would lead the write elsewhere.
  removeFile(`${path}.part`);
  writeFileSync(`${path}.part`, text, { encoding: 'latin1', flag: 'wx' });
  renameSync(`${path}.part`, path);
}

/** Whether the file has an index that covers all of it: an index is written when its file is closed. */
export function hasIndex(folder: string, file: string): boolean {
  return lstatSync(indexPath(folder, file), { throwIfNoEntry: false })?.isFile() ?? false;
}

/**
 * The sorted index lines of an archive file. It reads an existing index piece by piece. If there is no index, or it
 * `isWrong`, it computes the lines of the records before byte `end` and holds them in memory.
 */
export function* indexLines(folder: string, file: string, end: number, isWrong = false): Generator<string> {
  if (hasIndex(folder, file) && !isWrong) yield* storedLines(indexPath(folder, file));
  else yield* madeLines(join(folder, file), file, end);
}

/** Merges several sorted sequences into one. */
export function* merged(sources: readonly Generator<string>[]): Generator<string> {
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
function madeLines(path: string, file: string, end: number): string[] {
  const lines: string[] = [];
  for (const found of readWarc(path)) {
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
    const bytes = Buffer.allocUnsafe(READ_BYTES);
    let rest = '';
    for (let read = readSync(file, bytes); read > 0; read = readSync(file, bytes)) {
      // URLs are ASCII, so a piece never ends inside a character.
      const lines = (rest + bytes.toString('latin1', 0, read)).split('\n');
      rest = lines.pop()!;
      yield* lines;
    }
  } finally {
    closeSync(file);
  }
}

function textOf(lines: string[]): string {
  return lines
    .sort()
    .map((line) => `${line}\n`)
    .join('');
}

function indexPath(folder: string, file: string): string {
  return join(folder, INDEX_FOLDER, `${basename(file)}.cdxj`);
}
