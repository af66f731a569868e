// The input of a command: a file or stdin. The caller handles URLs.

import { UsageError } from '../base/errors.ts';
import { showCountOf } from '../base/figures.ts';
import { whyUnread } from '../base/machine.ts';
import { type Beginning, beginningOfStream, readBeginning } from '../options/named-file.ts';
import { type Shell, tell } from './shell.ts';

/** Whether the text is a URL and not a file: a URL needs its scheme here. */
export function isUrl(source: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(source);
}

/** At most `bytesMax` bytes of a file, as of an answer; `-` is stdin. Says on stderr if there are more. */
export async function bytesOf(source: string, shell: Shell, bytesMax: number): Promise<Uint8Array> {
  const { bytes, isCut } =
    source === '-' ? await beginningOfStream(shell.in, bytesMax) : beginningOfFile(source, bytesMax);
  if (isCut) {
    const name = source === '-' ? 'stdin' : source;
    tell(shell.err, `${name} has more than ${showCountOf(bytesMax, 'byte')}: the rest was not read.`);
  }
  return bytes;
}

function beginningOfFile(file: string, bytesMax: number): Beginning {
  try {
    return readBeginning(file, bytesMax);
  } catch (cause) {
    const why = whyUnread(cause);
    throw new UsageError(`${JSON.stringify(file)} is neither a URL with a scheme nor a readable file: ${why}.`, {
      cause,
    });
  }
}
