// Where the archive is kept: `--archive PLACE` is also the opposite of `--no-archive`.

import { UsageError } from '../base/errors.ts';
import type { OptionName } from './crawl-options.ts';
import type { Kind } from './values.ts';

export const archiveKind: Kind = {
  is: 'text',
  pattern: /^(?:s3:\/\/[a-z0-9][\w.-]{1,61}[a-z0-9](?:\/[^\s\\?#]*)?|(?!-$)(?!\w+:\/\/)(?=.*\S)[^\0]+)$/is,
  expected: 'the name of a folder, or s3://BUCKET/PREFIX',
};

/** A place that is typed wins over an archive that the environment or a file turns off. */
export function withArchive(
  input: Readonly<Record<string, unknown>>,
  typed: readonly { readonly name: OptionName }[],
): Readonly<Record<string, unknown>> {
  const isTyped = (wanted: OptionName): boolean => typed.some(({ name }) => name === wanted);
  if (!isTyped('archivePlace')) return input;
  if (isTyped('archive')) throw new UsageError('--archive and --no-archive exclude each other: use only one of them.');
  return { ...input, archive: true };
}
