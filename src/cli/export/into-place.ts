// An export under its own name is always whole: it is written beside it and renamed.

import { createWriteStream, readdirSync, type Stats, statSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { UsageError } from '../../base/errors.ts';
import { systemName } from '../../base/machine.ts';
import { asUnusable, makeWithParents } from '../../store/folder.ts';
import { STORE_FILE } from '../../store/location.ts';

/** Marks each folder that an export made. Only marked folders are ever replaced. */
const MARK = '.gossamer-export';
/**
 * How much of the requested name an unfinished export has in its own name: a file name may already be as long as the
 * system allows.
 */
const NAME_LENGTH_MAX = 60;

export async function intoFile<T>(file: string, write: (out: Writable) => Promise<T>): Promise<T> {
  const there = standingAt(file);
  if (there?.isDirectory() === true)
    throw new UsageError(`-o: ${JSON.stringify(file)} is a folder, but this export is a file.`);
  // A device or a pipe is written to, not replaced.
  if (there?.isFile() === false) return written(file, file, write);
  const unfinished = unfinishedName(file);
  try {
    const result = await written(file, unfinished, write);
    await refusing(file, unfinished, () => rename(unfinished, file));
    return result;
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {});
    throw error;
  }
}

async function written<T>(file: string, path: string, write: (out: Writable) => Promise<T>): Promise<T> {
  const out = createWriteStream(path, { flush: path !== file });
  // The next write, or the end, reports the error.
  out.on('error', () => {});
  try {
    return await refusing(file, path, async () => {
      const result = await write(out);
      out.end();
      await finished(out);
      return result;
    });
  } finally {
    out.destroy();
  }
}

/** Replaces a folder that an earlier export made; refuses any other that is not empty. */
export async function intoFolder<T>(folder: string, write: (folder: string) => Promise<T>): Promise<T> {
  const isThere = standingAt(folder) !== undefined;
  if (isThere) assertReplaceable(folder);
  const unfinished = unfinishedName(folder);
  try {
    return await refusing(folder, unfinished, async () => {
      makeWithParents(dirname(unfinished));
      await mkdir(unfinished);
      const result = await write(unfinished);
      await intoFile(join(unfinished, MARK), async (out) => void out.write('Made by gossamer export.\n'));
      if (isThere) await rm(folder, { recursive: true });
      await rename(unfinished, folder);
      return result;
    });
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true }).catch(() => {});
    throw error;
  }
}

function assertReplaceable(folder: string): void {
  if (!statSync(folder).isDirectory())
    throw new UsageError(`-o: ${JSON.stringify(folder)} is a file, but this export is a folder.`);
  const names = namesIn(folder);
  if (names.includes(STORE_FILE))
    throw new UsageError(`-o: ${JSON.stringify(folder)} has a job in it, which an export there would delete.`);
  if (names.length > 0 && !names.includes(MARK))
    throw new UsageError(`-o: ${JSON.stringify(folder)} exists already and was not made by an export.`);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw asUnusable(folder, error);
  }
}

/** Undefined if nothing is there. Throws for an impossible path. */
function standingAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw asUnusable(path, error);
  }
}

/**
 * Does the work. An error of the system about `unfinished` is reported for `path`; an error about another file stays
 * unchanged.
 */
async function refusing<T>(path: string, unfinished: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (systemName(error) === null) throw error;
    const { path: where } = error as NodeJS.ErrnoException;
    const own = resolve(unfinished);
    // The file itself, what is in it, or a folder on the way to it.
    const isOutput = where === undefined || resolve(where).startsWith(own) || own.startsWith(resolve(where));
    throw isOutput ? asUnusable(path, error) : error;
  }
}

function unfinishedName(path: string): string {
  return join(dirname(path), `${basename(path).slice(0, NAME_LENGTH_MAX)}.${process.pid}.part`);
}
