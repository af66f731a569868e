// Reads the end of a job's log. The job may come from a stranger: a log that is no file is not read.

import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

export interface LogPart {
  /** Begins perhaps in the middle of a line, and ends with one. */
  readonly bytes: Buffer;
  /** Where the part after it begins. */
  readonly end: number;
}

/** A pipe that nobody writes to must not hold up the reader. */
const READING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** The whole lines behind `place`, at most the last `most` bytes. Null if there is no log. */
export async function logTail(path: string, place: number, most: number): Promise<LogPart | null> {
  const file = await open(path, READING).catch(() => null);
  if (file === null) return null;
  try {
    const stats = await file.stat();
    if (!stats.isFile()) return null;
    // The log of a fresh job begins again.
    const from = Math.max(place > stats.size ? 0 : place, stats.size - most);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(stats.size - from), 0, stats.size - from, from);
    const length = buffer.subarray(0, bytesRead).lastIndexOf('\n') + 1;
    return { bytes: buffer.subarray(0, length), end: from + length };
  } finally {
    await file.close();
  }
}

/** The fields of each line with a word in it. A line that was cut has none. */
export function linesWith(bytes: Buffer, word: string): Readonly<Record<string, unknown>>[] {
  const lines: Readonly<Record<string, unknown>>[] = [];
  for (let at = bytes.indexOf(word); at >= 0; at = bytes.indexOf(word, at)) {
    const end = bytes.indexOf('\n', at);
    const line = parsed(bytes.toString('utf8', bytes.lastIndexOf('\n', at) + 1, end));
    if (line !== null) lines.push(line);
    at = end;
  }
  return lines;
}

function parsed(line: string): Readonly<Record<string, unknown>> | null {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return null;
  }
}
