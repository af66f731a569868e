// A job writes only in its own folder. A link in it may lead into another job, or to the files of another program.

import { lstatSync, readlinkSync } from 'node:fs';

/** Why nothing is written at this path of a job; null if no link is there. */
export function linkRefusal(path: string): string | null {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return null;
  return `${path} is a link to ${JSON.stringify(readlinkSync(path))}, and a job writes only in its own folder`;
}
