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
  if (there.isFIFO() && !OPENED.test(path))
    throw new Error('it is a named pipe, which might be waited for without an end: give it as <(cat NAME)');
  if (there.isSocket() && !OPENED.test(path)) throw new Error('it is a socket');
}

/** Throws as `assertOpens` does. */
export function readBeginning(
  path: string,
  bytesMax: number,
  read: (file: number, into: Uint8Array) => number = readSync,
): Beginning {
  assertOpens(path);
  const file = openSync(path, 'r');
  try {
    const gathered = gatherBytes(bytesMax);
    while (!gathered.isOver()) {
      const got = read(file, gathered.room());
      if (got === 0) break;
      gathered.filled(got);
    }
    return gathered.beginning();
  } finally {
    closeSync(file);
  }
}

/** The same of a stream, which is given up where it has more. */
export async function beginningOfStream(stream: AsyncIterable<Uint8Array>, bytesMax: number): Promise<Beginning> {
  const gathered = gatherBytes(bytesMax);
  for await (const chunk of stream) {
    for (let rest = chunk; rest.length > 0 && !gathered.isOver(); ) {
      const room = gathered.room();
      const taken = rest.subarray(0, room.length);
      room.set(taken);
      gathered.filled(taken.length);
      rest = rest.subarray(taken.length);
    }
    if (gathered.isOver()) break;
  }
  return gathered.beginning();
}

/** Fills large blocks one after the other: a pipe may give a few bytes a read, and a block for each would take much. */
function gatherBytes(bytesMax: number) {
  const full: Buffer[] = [];
  let block = Buffer.alloc(0);
  let used = 0;
  let bytes = 0;
  return {
    /** It has one byte more than may be told, so there is more. */
    isOver: (): boolean => bytes > bytesMax,
    /** Where the next bytes belong; never empty. */
    room(): Buffer {
      if (used === block.length) {
        full.push(block);
        block = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, bytesMax + 1 - bytes));
        used = 0;
      }
      return block.subarray(used);
    },
    filled(count: number): void {
      used += count;
      bytes += count;
    },
    beginning(): Beginning {
      const all = Buffer.concat([...full, block.subarray(0, used)]);
      return { bytes: all.subarray(0, bytesMax), isCut: bytes > bytesMax };
    },
  };
}

/** The text of a file that has to be read as a whole. Throws as `readBeginning` does, and for a longer file. */
export function wholeText(path: string, bytesMax: number, encoding: 'utf8' | 'latin1' = 'utf8'): string {
  const { bytes, isCut } = readBeginning(path, bytesMax);
  if (isCut) throw new Error(`it has more than ${bytesMax / 1024 / 1024} MB`);
  return bytes.toString(encoding).replace(/^\ufeff/, '');
}
