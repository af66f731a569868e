// The length and the digest of a file, by which it is recognised elsewhere.

import { open } from 'node:fs/promises';
import { SPOOL_READ_BYTES } from '../../base/limits.ts';
import { onDemand } from '../../base/on-demand.ts';

const crypto = onDemand<typeof import('node:crypto')>('node:crypto');

export interface FileDigest {
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

export async function digestOf(path: string): Promise<FileDigest> {
  const hash = crypto().createHash('sha256');
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(SPOOL_READ_BYTES);
    let bytes = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, bytes);
      if (bytesRead === 0) return { bytes, sha256: hash.digest('hex') };
      hash.update(buffer.subarray(0, bytesRead));
      bytes += bytesRead;
    }
  } finally {
    await file.close();
  }
}
