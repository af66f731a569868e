// Other jobs whose archives this job's revisits refer to: `archive/revisits-of.txt`, one folder a line. Without those
// archives the revisits cannot be read.

import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { troubleOf } from '../base/machine.ts';
import { folderIn, REPLACING } from './folder.ts';
import { openFile } from './open-file.ts';
import { ARCHIVE_FOLDER } from './warc-files.ts';

const FILE = join(ARCHIVE_FOLDER, 'revisits-of.txt');

/** Absolute paths, in the order in which the user named them. */
export function earlierJobs(folder: string): string[] {
  try {
    return textOf(join(folder, FILE)).split('\n').filter(Boolean);
  } catch (error) {
    // The file is rewritten from this list, so a failed read must not look like an empty list.
    if (troubleOf(error) !== null) throw error;
    return [];
  }
}

function textOf(path: string): string {
  const file = openFile(path);
  try {
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

export function addEarlierJob(folder: string, earlier: string): void {
  const known = earlierJobs(folder);
  if (known.includes(resolve(earlier))) return;
  folderIn(folder, ARCHIVE_FOLDER);
  const file = openSync(join(folder, FILE), REPLACING);
  try {
    writeFileSync(file, `${[...known, resolve(earlier)].join('\n')}\n`);
  } finally {
    closeSync(file);
  }
}
