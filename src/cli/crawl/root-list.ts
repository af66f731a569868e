// Reads roots from a file with one per line, as people and spreadsheets write them.

import { open } from 'node:fs/promises';
import { UsageError } from '../../base/errors.ts';
import { LINE_LENGTH_MAX } from '../../base/limits.ts';
import { whyUnread } from '../../base/machine.ts';
import { createPauses } from '../../base/pauses.ts';
import { assertOpens } from '../../options/named-file.ts';
import { createRootList, rootUrl } from '../../options/root-url.ts';
import { shown } from '../../options/shown.ts';
import { type InputLine, inputLines } from '../line-reader.ts';
import type { Shell } from '../shell.ts';

/**
 * The URLs of the command line and of the file; `-` is stdin. Throws a UsageError that names the first of them that are
 * no URLs, with the line of the file.
 */
export async function rootsIn(file: string, typed: readonly string[], shell: Shell): Promise<string[]> {
  const name = file === '-' ? 'stdin' : file;
  const list = createRootList();
  for (const [at, root] of typed.entries())
    list.add(
      () => rootUrl(root),
      () => `root ${at + 1}: `,
    );
  const pause = createPauses(shell.clock);
  for await (const lines of inputLines(file === '-' ? shell.in : readIn(file), LINE_LENGTH_MAX)) {
    for (const line of lines) {
      const root = withoutComment(line.text);
      if (root !== '')
        list.add(
          () => lineUrl(root, line),
          () => `${name}, line ${line.number}: `,
        );
      await pause();
    }
  }
  if (list.count() === typed.length) throw new UsageError(`--input-file: ${name} holds no URL.`);
  return list.urls();
}

async function* readIn(file: string): AsyncGenerator<Uint8Array> {
  try {
    assertOpens(file);
    await using opened = await open(file);
    yield* opened.createReadStream();
  } catch (cause) {
    throw new UsageError(`--input-file: ${JSON.stringify(file)} cannot be read: ${whyUnread(cause)}.`, { cause });
  }
}

/** A comment begins a line or follows a space. A fragment does neither. */
function withoutComment(line: string): string {
  const at = line.startsWith('#') ? 0 : line.search(/\s#/);
  return (at < 0 ? line : line.slice(0, at)).trim();
}

/** The entry of a line: a space is never part of a URL, so it ends the entry. */
function lineUrl(root: string, { text, isTooLong }: InputLine): string {
  if (isTooLong && text.trimEnd().endsWith(root)) {
    throw new UsageError(`This line has more than ${LINE_LENGTH_MAX} characters, and no URL is so long.`);
  }
  if (/\s/.test(root)) {
    throw new UsageError(`${shown(root)} contains a space or a tab: write one URL per line, and a space in it as %20.`);
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\0-\x1f\x7f\ufffd]/.test(root)) {
    throw new UsageError(`${shown(root)} is not text in UTF-8.`);
  }
  return rootUrl(root);
}
