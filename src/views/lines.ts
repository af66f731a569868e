// Many small texts on their way out, in pieces of a size that is worth a write.

import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EXPORT_CHUNK_LENGTH } from '../base/limits.ts';

/** Writes the texts to `out`, no faster than it takes them, and leaves it open. Rejects with the error of `out`. */
export async function writeLines(lines: Iterable<string>, out: Writable): Promise<void> {
  await pipeline(Readable.from(chunks(lines)), out, { end: false });
}

function* chunks(lines: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const line of lines) {
    chunk += line;
    if (chunk.length < EXPORT_CHUNK_LENGTH) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}
