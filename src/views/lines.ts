// Writes many small texts in pieces that are large enough to be worth a write.

import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Paged } from '../base/contracts.ts';
import { EXPORT_CHUNK_LENGTH } from '../base/limits.ts';

/**
 * Writes the texts, which come in pages, to `out`, no faster than `out` takes them. It leaves `out` open and rejects
 * with its error.
 */
export async function writeLines(lines: Paged<string>, out: Writable): Promise<void> {
  await pipeline(Readable.from(chunks(lines)), out, { end: false });
}

async function* chunks(lines: Paged<string>): AsyncGenerator<string> {
  let chunk = '';
  for await (const page of lines) {
    for (const line of page) {
      chunk += line;
      if (chunk.length < EXPORT_CHUNK_LENGTH) continue;
      yield chunk;
      chunk = '';
    }
  }
  if (chunk !== '') yield chunk;
}
