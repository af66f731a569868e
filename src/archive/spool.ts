// Stores bodies that are too long for memory as `archive/*.part`, beside the archive files that they will go to. A part
// belongs to one response and is removed with it. A new run removes the parts of runs that were killed.

import type { Hash } from 'node:crypto';
import { appendFileSync, closeSync, openSync } from 'node:fs';
import { readdir, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Spool, Spooled } from '../base/contracts.ts';
import { SNIFFED_BYTES_MAX } from '../base/limits.ts';
import { onDemand } from '../base/on-demand.ts';
import { removeFile } from '../base/remove.ts';
import { folderIn, writeAll } from './folder.ts';
import { ARCHIVE_FOLDER } from './warc-files.ts';

const crypto = onDemand<typeof import('node:crypto')>('node:crypto');

export const PART_SUFFIX = '.part';
const PROOF = Buffer.alloc(64 * 1024);

/** `folder` is the job's folder. A disk error is reported at the end; the response then counts as never received. */
export function openPart(folder: string): Spool {
  const path = join(folder, ARCHIVE_FOLDER, `${crypto().randomUUID()}${PART_SUFFIX}`);
  let failure: Error | null = null;
  const tried = <T>(work: () => T, otherwise: T): T => {
    try {
      return work();
    } catch (error) {
      failure ??= error as Error;
      return otherwise;
    }
  };
  const file = tried(() => {
    folderIn(folder, ARCHIVE_FOLDER);
    return openSync(path, 'wx');
  }, -1);
  // A file of gigabytes takes the system seconds to remove, so the event loop does not wait for it.
  const drop = (): Promise<void> => unlink(path).catch(() => {});
  return digesting({
    // The write is synchronous, because the next read of any connection overwrites the buffer. It is quick: the kernel
    // only copies the bytes.
    write: (bytes) => {
      if (failure === null) tried(() => writeAll(file, bytes, null), undefined);
    },
    end(bytes, hash, beginning) {
      if (file >= 0) tried(() => closeSync(file), undefined);
      // The folder itself may be what was missing.
      const prove = (): void => appendFileSync(join(folderIn(folder, ARCHIVE_FOLDER), basename(path)), PROOF);
      return { bytes, sha256: hash.digest(), beginning, path, failure, prove, drop };
    },
  });
}

/** Keeps only the digest, for a crawl without an archive. */
export function openNoPart(): Spool {
  return digesting({
    write: () => {},
    end(bytes, hash, beginning) {
      return {
        bytes,
        sha256: hash.digest(),
        beginning,
        path: '',
        failure: null,
        prove: () => {},
        drop: async () => {},
      };
    },
  });
}

/** Removes the parts that killed runs have left. */
export async function removeParts(folder: string): Promise<void> {
  const names = await readdir(join(folder, ARCHIVE_FOLDER)).catch(() => []);
  for (const name of names) if (name.endsWith(PART_SUFFIX)) removeFile(join(folder, ARCHIVE_FOLDER, name));
}

/** Shorter pieces are put together before they are written: a body may come in chunks of a byte. */
const JOINED_BYTES = 16 * 1024;

interface Sink {
  write(bytes: Uint8Array): void;
  end(bytes: number, hash: Hash, beginning: Uint8Array): Spooled;
}

function digesting(sink: Sink): Spool {
  const hash = crypto().createHash('sha256');
  let length = 0;
  let beginning: Uint8Array = new Uint8Array(0);
  let joined: Buffer | null = null;
  let joinedBytes = 0;
  const pass = (bytes: Uint8Array): void => {
    hash.update(bytes);
    sink.write(bytes);
  };
  const passJoined = (): void => {
    if (joined !== null && joinedBytes > 0) pass(joined.subarray(0, joinedBytes));
    joinedBytes = 0;
  };
  return {
    write(bytes) {
      // The first piece is long: it is what was in memory until then.
      if (length === 0) beginning = Uint8Array.from(bytes.subarray(0, SNIFFED_BYTES_MAX));
      length += bytes.length;
      if (joinedBytes + bytes.length > JOINED_BYTES) passJoined();
      if (bytes.length > JOINED_BYTES) return pass(bytes);
      joined ??= Buffer.allocUnsafeSlow(JOINED_BYTES);
      joined.set(bytes, joinedBytes);
      joinedBytes += bytes.length;
    },
    end() {
      passJoined();
      return sink.end(length, hash, beginning);
    },
  };
}
