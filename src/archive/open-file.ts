// What of a job's folder may be opened. The folder may come from a stranger: a link in it may lead anywhere, a pipe keeps whoever opens it waiting for ever, and
// a row may say that its record is outside.

import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';

/** Not on every system. */
const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

/** Opens a file for reading; throws for a link, a pipe, a device, a folder. */
export function openFile(path: string): number {
  const file = opened(path);
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  throw new Error(`${path} is no file`);
}

function opened(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A link, and a socket.
    throw code === 'ELOOP' || code === 'ENXIO' ? new Error(`${path} is no file`, { cause: error }) : error;
  }
}

/** A name in the folder of the archive, and no other place. */
const PLACE = /^archive\/(?!\.)[^/\\\0]+$/;

export function isPlace(file: string): boolean {
  return PLACE.test(file);
}

/** The path of a file of the archive of the job in `folder`, as a row names it. Throws where it is none. */
export function archivePath(folder: string, file: string): string {
  if (!isPlace(file)) throw new Error(`${JSON.stringify(file)} is no place in the archive`);
  return join(folder, file);
}
