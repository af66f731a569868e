// Reads roots from a file with one per line, as people and spreadsheets write them.

import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { UsageError } from '../../base/errors.ts';
import { whyUnread } from '../../base/machine.ts';
import { eachRoot, rootUrl } from '../../options/root-url.ts';
import { shown } from '../../options/shown.ts';
import type { Shell } from '../shell.ts';

interface Line {
  /** Counted from 1; null for a root of the command line. */
  readonly number: number | null;
  readonly root: string;
}

/**
 * The URLs of the command line and of the file; `-` is stdin. Throws a UsageError that names each of them that is no
 * URL, with the line of the file.
 */
export async function rootsIn(file: string, typed: readonly string[], shell: Shell): Promise<string[]> {
  const bytes = file === '-' ? await buffer(shell.in) : await readFile(file).catch((cause) => unreadable(file, cause));
  const name = file === '-' ? 'stdin' : file;
  const lines = linesOf(textOf(bytes));
  if (lines.length === 0) throw new UsageError(`--input-file: ${name} holds no URL.`);
  const entries: Line[] = [...typed.map((root) => ({ number: null, root })), ...lines];
  return eachRoot(
    entries,
    (at) => (at < typed.length ? `root ${at + 1}: ` : `${name}, line ${entries[at]!.number}: `),
    ({ number, root }) => (number === null ? rootUrl(root) : lineUrl(root)),
  );
}

/** UTF-8, or UTF-16 if it has a byte order mark, as some systems write. */
function textOf(bytes: Uint8Array): string {
  const [a, b] = bytes;
  const wide = a === 0xff && b === 0xfe ? 'utf-16le' : a === 0xfe && b === 0xff ? 'utf-16be' : null;
  return new TextDecoder(wide ?? 'utf-8').decode(bytes);
}

function linesOf(text: string): Line[] {
  return (
    text
      .split(/\r\n|\n|\r/)
      // A comment begins a line or follows a space. A fragment does neither.
      .map((line, at) => ({ number: at + 1, root: line.replace(/(^|\s)#.*/, '').trim() }))
      .filter(({ root }) => root !== '')
  );
}

/** The entry of a line: a space is never part of a URL, so it ends the entry. */
function lineUrl(root: string): string {
  if (/\s/.test(root)) {
    throw new UsageError(`${shown(root)} contains a space or a tab: write one URL per line, and a space in it as %20.`);
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\0-\x1f\x7f\ufffd]/.test(root)) {
    throw new UsageError(`${shown(root)} is not text in UTF-8.`);
  }
  return rootUrl(root);
}

function unreadable(file: string, cause: unknown): never {
  throw new UsageError(`--input-file: ${JSON.stringify(file)} cannot be read: ${whyUnread(cause)}.`, { cause });
}
