// Reads a file that the user names, in bounded memory. A name may stand for anything: a pipe into which nobody writes
// would be waited for without an end, and a device has no end.

import { closeSync, openSync, readSync, statSync } from 'node:fs';

export interface Beginning {
  readonly bytes: Buffer;
  /** Whether the file has more. */
  readonly isCut: boolean;
}

/** What a shell has opened already: `<(command)`, or `/dev/stdin`. To open it again waits for nobody. */
const OPENED = /^\/(?:dev|proc\/self)\/(?:fd\/\d+|stdin)$/;
const CHUNK_BYTES = 1024 * 1024;

/** Throws the error of the system, or one that says what stands under this name, if opening it might wait for ever. */
export function assertOpens(path: string): void {
  const there = statSync(path);
  if (there.isFIFO() && !OPENED.test(path)) throw new Error('it is a pipe, which is read only as stdin');
  if (there.isSocket() && !OPENED.test(path)) throw new Error('it is a socket');
}

/** Throws as `assertOpens` does. */
export function readBeginning(path: string, bytesMax: number): Beginning {
  assertOpens(path);
  const file = openSync(path, 'r');
  try {
    const chunks: Buffer[] = [];
    let bytes = 0;
    while (bytes <= bytesMax) {
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, bytesMax + 1 - bytes));
      const read = readSync(file, chunk);
      if (read === 0) break;
      chunks.push(chunk.subarray(0, read));
      bytes += read;
    }
    return beginningOf(chunks, bytesMax);
  } finally {
    closeSync(file);
  }
}

/** The same of a stream, which is given up where it has more. */
export async function beginningOfStream(stream: AsyncIterable<Uint8Array>, bytesMax: number): Promise<Beginning> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > bytesMax) break;
  }
  return beginningOf(chunks, bytesMax);
}

function beginningOf(chunks: readonly Uint8Array[], bytesMax: number): Beginning {
  const all = Buffer.concat(chunks);
  return { bytes: all.subarray(0, bytesMax), isCut: all.length > bytesMax };
}

/** The text of a file that has to be read as a whole. Throws as `readBeginning` does, and for a longer file. */
export function wholeText(path: string, bytesMax: number, encoding: 'utf8' | 'latin1' = 'utf8'): string {
  const { bytes, isCut } = readBeginning(path, bytesMax);
  if (isCut) throw new Error(`it has more than ${bytesMax / 1024 / 1024} MB`);
  return bytes.toString(encoding).replace(/^\ufeff/, '');
}
