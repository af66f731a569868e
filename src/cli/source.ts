// The input of a command: a file or stdin. The caller handles URLs.

import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { UsageError } from '../base/errors.ts';
import { whyUnread } from '../base/machine.ts';
import type { Shell } from './shell.ts';

/** Whether the text is a URL and not a file: a URL needs its scheme here. */
export function isUrl(source: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(source);
}

/** The bytes of a file; `-` is stdin. */
export async function bytesOf(source: string, shell: Shell): Promise<Uint8Array> {
  if (source === '-') return await buffer(shell.in);
  try {
    return await readFile(source);
  } catch (cause) {
    const why = whyUnread(cause);
    throw new UsageError(`${JSON.stringify(source)} is neither a URL with a scheme nor a readable file: ${why}.`, {
      cause,
    });
  }
}
