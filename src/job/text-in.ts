// The text of a file that an option names.

import { readFile } from 'node:fs/promises';
import { UsageError } from '../base/errors.ts';
import { whyUnread } from '../base/machine.ts';

/** @throws UsageError that names the option and the file. */
export async function textIn(file: string, option: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).replace(/^\ufeff/, '');
  } catch (cause) {
    throw new UsageError(`${option}: ${file} cannot be read: ${whyUnread(cause)}.`, { cause });
  }
}
