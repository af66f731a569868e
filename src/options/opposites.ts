// Flags with a value that are also the opposite of a flag that begins with `--no-`.

import { UsageError } from '../base/errors.ts';
import type { OptionName } from './crawl-options.ts';

/** The option with the value, the option that is on or off, and its flag. */
const OPPOSITES: readonly (readonly [valued: OptionName, switched: OptionName, flag: string])[] = [
  ['archivePlace', 'archive', '--archive'],
  ['cookieFile', 'cookies', '--cookies'],
];

/** A value that is typed wins over what the environment or a file turns off. */
export function withOpposites(
  input: Readonly<Record<string, unknown>>,
  typed: readonly { readonly name: OptionName }[],
): Readonly<Record<string, unknown>> {
  const isTyped = (wanted: OptionName): boolean => typed.some(({ name }) => name === wanted);
  const on: Partial<Record<OptionName, true>> = {};
  for (const [valued, switched, flag] of OPPOSITES) {
    if (!isTyped(valued)) continue;
    const no = flag.replace('--', '--no-');
    if (isTyped(switched)) throw new UsageError(`${flag} and ${no} exclude each other: use only one of them.`);
    on[switched] = true;
  }
  return { ...input, ...on };
}
