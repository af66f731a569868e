// What a command reads: a file, or stdin. A URL is for the caller to ask.

import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { UsageError } from '../base/errors.ts';
import type { Shell } from './shell.ts';

/** Whether a URL is meant and not a file: it needs its scheme for that. */
export function isUrl(source: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(source);
}

/** The bytes of a file; `-` is stdin. */
export async function bytesOf(source: string, shell: Shell): Promise<Uint8Array> {
  if (source === '-') return await buffer(shell.in);
  try {
    return await readFile(source);
  } catch (cause) {
    const why = (cause as Error).message;
    throw new UsageError(`${JSON.stringify(source)} is no URL with a scheme, and no file that can be read: ${why}.`, {
      cause,
    });
  }
}
