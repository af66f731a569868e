// The indexes of a job: `indexes/NAME.cdxj` for each file of the archive that was closed. Where one is missing (the file is being written, or its run was killed) its
// lines are made from the file itself.

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

/** The lines of files that are being written, until they are closed. It owns them. */
export interface IndexWriter {
  add(indexed: Indexed, place: ArchivePlace): void;
  /** Writes the index of a file that is complete. */
  close(file: string): Promise<void>;
}

/** `folder` is the job's; `room` waits where the disk is full. */
export function createIndexWriter(folder: string, room: Pick<Room, 'whenThere'>): IndexWriter {
  const lines = new Map<string, string[]>();
  return {
    add(indexed, place) {
      const known = lines.get(place.file);
      const line = cdxjLine(indexed, place);
      if (known === undefined) lines.set(place.file, [line]);
      else known.push(line);
    },
    async close(file) {
      const own = lines.get(file) ?? [];
      lines.delete(file);
      const path = indexPath(folder, file);
      const text = textOf(own);
      await room.whenThere(
        `the index of ${file} could not be written, and is made from it where it is needed`,
        async () => {
          folderIn(folder, INDEX_FOLDER);
          await writeFile(`${path}.part`, text, { encoding: 'latin1', flush: true });
          await rename(`${path}.part`, path);
        },
      );
    },
  };
}

/** What the index says is not true any more, or may not be known. */
export function removeIndex(folder: string, file: string): void {
  removeFile(indexPath(folder, file));
}

/** Makes the index of a complete file from the file itself. */
export function makeIndex(folder: string, file: string): void {
  const path = indexPath(folder, file);
  folderIn(folder, INDEX_FOLDER);
  const text = textOf(madeLines(join(folder, file), file, Number.POSITIVE_INFINITY));
  // A link that stands there would lead elsewhere.
  removeFile(`${path}.part`);
  writeFileSync(`${path}.part`, text, { encoding: 'latin1', flag: 'wx' });
  renameSync(`${path}.part`, path);
}

/** Whether the file was closed, so that its index tells of all of it. */
export function hasIndex(folder: string, file: string): boolean {
  return lstatSync(indexPath(folder, file), { throwIfNoEntry: false })?.isFile() ?? false;
}

/**
 * The sorted lines of a file of the archive. Those of an index are read piece by piece; where there is none they are made, of the records before `end` (bytes), and
 * held in memory; also where the index `isWrong`.
 */
export function* indexLines(folder: string, file: string, end: number, isWrong = false): Generator<string> {
  if (hasIndex(folder, file) && !isWrong) yield* storedLines(indexPath(folder, file));
  else yield* madeLines(join(folder, file), file, end);
}

/** Several sorted sequences as one. */
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

/** Every record that replay may ask for, sorted. */
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
      // URLs are ASCII, so no piece cuts a character.
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
