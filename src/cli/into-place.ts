// Exports under their own name are always whole: they are written beside it and renamed.

import { createWriteStream, existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { UsageError } from '../base/errors.ts';

/** Stands in each folder that an export has made, so that only such folders are ever replaced. */
const MARK = '.gossamer-export';

export async function intoFile<T>(file: string, write: (out: Writable) => Promise<T>): Promise<T> {
  const unfinished = unfinishedName(file);
  const out = createWriteStream(unfinished, { flush: true });
  try {
    const result = await write(out);
    out.end();
    await finished(out);
    await rename(unfinished, file);
    return result;
  } catch (cause) {
    out.destroy();
    await rm(unfinished, { force: true });
    throw complaint(file, cause);
  }
}

/** A folder that an earlier export made is replaced; any other that is not empty is refused. */
export async function intoFolder<T>(folder: string, write: (folder: string) => Promise<T>): Promise<T> {
  const isThere = existsSync(folder);
  if (isThere && !isReplaceable(folder)) {
    throw new UsageError(`-o: ${JSON.stringify(folder)} is there already, and is no folder that an export has made.`);
  }
  const unfinished = unfinishedName(folder);
  try {
    await mkdir(unfinished, { recursive: true });
    const result = await write(unfinished);
    await intoFile(`${unfinished}/${MARK}`, async (out) => void out.write('Made by gossamer export.\n'));
    if (isThere) await rm(folder, { recursive: true });
    await rename(unfinished, folder);
    return result;
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true });
    throw complaint(folder, cause);
  }
}

function isReplaceable(folder: string): boolean {
  if (!statSync(folder).isDirectory()) return false;
  const names = readdirSync(folder);
  return names.length === 0 || names.includes(MARK);
}

function unfinishedName(path: string): string {
  return `${path.replace(/[/\\]+$/, '')}.${process.pid}.part`;
}

function complaint(path: string, cause: unknown): unknown {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (cause instanceof UsageError || code === undefined || code === 'ENOSPC' || code === 'EIO') return cause;
  return new UsageError(`-o: ${JSON.stringify(path)} cannot be written: ${message}.`, { cause });
}
