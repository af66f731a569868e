// The files that a job needs to live. What a user names as an output must be none of them.

import { existsSync, lstatSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { UsageError } from '../base/errors.ts';
import { INDEX_FILE, STORE_FILE, STORE_NAMES } from '../store/location.ts';

/** The folders of a job beside its store. */
export const OWN_FOLDERS: readonly string[] = ['archive', 'indexes', 'logs'];
const OWN_NAMES: ReadonlySet<string> = new Set([...STORE_NAMES, ...OWN_FOLDERS, INDEX_FILE]);

/** Throws UsageError if the path leads to a file or a folder of a job, or into one: of any job that it lies in. */
export function assertFree(path: string): void {
  for (const way of new Set([resolve(path), realPath(resolve(path))])) {
    for (let inside = way, folder = dirname(way); folder !== inside; inside = folder, folder = dirname(folder)) {
      // Some systems do not tell upper case from lower case.
      const isOwn = OWN_NAMES.has(basename(inside).toLowerCase());
      if (isOwn && existsSync(join(folder, STORE_FILE))) throw taken(path, folder);
    }
  }
}

/** The same for an output of the job in `job`. It must also not be another name of such a file, nor contain the job. */
export function assertFreeOf(path: string, job: string): void {
  assertFree(path);
  const real = realPath(resolve(path));
  // A job is read through links in it, so what a link leads to is not overwritten by what is made of it.
  const isInside = OWN_FOLDERS.some((name) => isWithin(real, realPath(resolve(job, name))));
  if (isInside || isWithin(realPath(resolve(job)), real)) throw taken(path, job);
  const there = statOf(path);
  if (there?.isFile() === true && there.nlink > 1 && hasFile(job, there)) throw taken(path, job);
}

function taken(path: string, job: string): UsageError {
  const name = JSON.stringify(path);
  return new UsageError(`-o: ${name} is part of the job in ${JSON.stringify(job)}, or contains it: give another path.`);
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** With all links followed, as far as something is there. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), basename(path));
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function hasFile(folder: string, { dev, ino }: Stats): boolean {
  return filesIn(folder).some((path) => {
    const found = lstatSync(path, { throwIfNoEntry: false });
    return found?.ino === ino && found.dev === dev;
  });
}

function filesIn(job: string): string[] {
  const names = readdirSync(job).filter((name) => OWN_NAMES.has(name.toLowerCase()));
  return names.flatMap((name) => {
    const path = join(job, name);
    return statOf(path)?.isDirectory() === true ? readdirSync(path).map((file) => join(path, file)) : [path];
  });
}
