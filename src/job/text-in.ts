// The text of a file that an option names.

import { UsageError } from '../base/errors.ts';
import { NAMED_FILE_BYTES_MAX } from '../base/limits-of-lines.ts';
import { whyUnread } from '../base/machine.ts';
import { wholeText } from '../options/named-file.ts';

/** @throws UsageError that names the option and the file. */
export function textIn(file: string, option: string): string {
  try {
    return wholeText(file, NAMED_FILE_BYTES_MAX);
  } catch (cause) {
    throw new UsageError(`${option}: ${file} cannot be read: ${whyUnread(cause)}.`, { cause });
  }
}
