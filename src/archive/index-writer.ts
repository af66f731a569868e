// The index lines of archive files that are still being written. This part owns them until their file is closed. A file
// of a gigabyte may have a million lines, so only a few megabytes of them are in memory. When there are more, they are
// sorted and added to `indexes/NAME.cdxj.runs`. Closing the file merges these runs into its index.

import { closeSync } from 'node:fs';
import { open, rename, writeFile } from 'node:fs/promises';
import type { ArchivePlace } from '../base/contracts.ts';
import { INDEX_RUN_LENGTH_MAX } from '../base/limits.ts';
import { removeFile } from '../base/remove.ts';
import type { Room } from '../base/room.ts';
import { cdxjLine, type Indexed } from './cdxj.ts';
import { folderIn, REPLACING, WRITING } from './folder.ts';
import { INDEX_FOLDER, indexPath, linesOf, merged, runsPath, textOf } from './indexes.ts';
import { openFile } from './open-file.ts';

export interface IndexWriter {
  /** Adds a line. Resolves once there is room in memory for more lines. */
  add(indexed: Indexed, place: ArchivePlace): Promise<void>;
  /** Writes the index of a complete file. */
  close(file: string): Promise<void>;
}

/** What is known of one file that is being written. */
export interface OpenIndex {
  lines: string[];
  /** The characters of these lines, with their line ends. */
  length: number;
  /** Where each sorted run ends in the file of runs. */
  readonly ends: number[];
}

export type OpenIndexes = Map<string, OpenIndex>;

/** The index is written in pieces of so many characters. */
const PIECE_LENGTH = 64 * 1024;

/** `folder` is the job's folder; `room` waits while the disk is full. `files` has what was added before. */
export function createIndexWriter(
  folder: string,
  room: Pick<Room, 'whenThere'>,
  files: OpenIndexes = new Map(),
  runLengthMax: number = INDEX_RUN_LENGTH_MAX,
): IndexWriter {
  /** By file, all writes of its runs. Several may be under way, each to a place of its own. */
  const writes = new Map<string, Promise<unknown>>();

  const addRun = (file: string, index: OpenIndex): Promise<unknown> => {
    const text = Buffer.from(textOf(index.lines), 'latin1');
    const from = index.ends.at(-1) ?? 0;
    index.ends.push(from + text.length);
    index.lines = [];
    index.length = 0;
    const written = room.whenThere(notWritten(file), async () => {
      folderIn(folder, INDEX_FOLDER);
      const runs = await open(runsPath(folder, file), WRITING);
      try {
        for (let done = 0; done < text.length; )
          done += (await runs.write(text, done, text.length - done, from + done)).bytesWritten;
      } finally {
        await runs.close();
      }
    });
    const all = Promise.all([writes.get(file), written]);
    writes.set(file, all);
    return all;
  };

  return {
    async add(indexed, place) {
      let index = files.get(place.file);
      if (index === undefined) {
        index = { lines: [], length: 0, ends: [] };
        files.set(place.file, index);
      }
      // Copied into one piece: a text that was put together keeps its pieces, which take twice the memory.
      const line = Buffer.from(cdxjLine(indexed, place), 'latin1').toString('latin1');
      index.lines.push(line);
      index.length += line.length + 1;
      if (index.length >= runLengthMax) await addRun(place.file, index);
    },
    async close(file) {
      const index = files.get(file) ?? { lines: [], length: 0, ends: [] };
      files.delete(file);
      // If a run could not be written, an index without its lines would be wrong.
      await writes.get(file);
      writes.delete(file);
      const path = indexPath(folder, file);
      const runs = runsPath(folder, file);
      await room.whenThere(notWritten(file), async () => {
        folderIn(folder, INDEX_FOLDER);
        await writeFile(`${path}.part`, piecesOf(index, runs), { encoding: 'latin1', flush: true, flag: REPLACING });
        await rename(`${path}.part`, path);
      });
      removeFile(runs);
    },
  };
}

function notWritten(file: string): string {
  return `the index of ${file} could not be written; it is computed from the file when it is needed`;
}

/** All lines in order, in pieces. */
function* piecesOf({ lines, ends }: OpenIndex, runs: string): Generator<string> {
  if (ends.length === 0) {
    yield textOf(lines);
    return;
  }
  const file = openFile(runs);
  try {
    const sources = ends.map((end, at) => linesOf(file, ends[at - 1] ?? 0, end));
    let piece = '';
    for (const line of merged([...sources, lines.sort().values()])) {
      piece += `${line}\n`;
      if (piece.length < PIECE_LENGTH) continue;
      yield piece;
      piece = '';
    }
    yield piece;
  } finally {
    closeSync(file);
  }
}
