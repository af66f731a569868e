// Reads ZIP files with a reader that is not ours.

import { buffer } from 'node:stream/consumers';
import { type Entry, openPromise } from 'yauzl';

export interface Unzipped {
  readonly bytes: Buffer;
  readonly isStored: boolean;
}

/** The entries of the file by their names. */
export async function unzip(file: string): Promise<Map<string, Unzipped>> {
  const zip = await openPromise(file);
  const entries = new Map<string, Unzipped>();
  for await (const entry of zip.eachEntry() as AsyncIterable<Entry>) {
    const bytes = await buffer(await zip.openReadStreamPromise(entry));
    entries.set(entry.fileName, { bytes, isStored: entry.compressionMethod === 0 });
  }
  return entries;
}
