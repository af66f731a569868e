// The files of cookies that the user names.

import { lstatSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import type { Cookie } from '../base/cookies.ts';
import { UsageError } from '../base/errors.ts';
import { COOKIE_FILE_BYTES_MAX } from '../base/limits-of-cookies.ts';
import { asMachineError, whyUnread } from '../base/machine.ts';
import { CookieFileFault, cookiesTxt, readCookies, storageState } from '../fetch/cookies/cookie-file.ts';
import { wholeText } from '../options/named-file.ts';
import type { CrawlOptions } from '../options/options.ts';

/** The cookies of the file, which was read already. */
export type CookiesOfFile = () => readonly Cookie[];

/**
 * Reads the file that `--cookies` names, and looks whether the one of `option` can be written. Throws a UsageError that
 * names the file and the line.
 */
export function cookieFiles(
  { cookieFile, saveCookies: saved }: CrawlOptions,
  option = '--save-cookies',
): CookiesOfFile {
  if (saved !== null) assertFolder(saved, option);
  const cookies = cookieFile === null ? [] : cookiesIn(cookieFile);
  return () => cookies;
}

/** Reads the file each time that it has changed; null if it has not, or cannot be read. */
export function renewedCookies(file: string): () => readonly Cookie[] | null {
  let known = '';
  return () => {
    const there = statSync(file, { throwIfNoEntry: false });
    const stamp = there === undefined ? '' : `${there.mtimeMs} ${there.size} ${there.ino}`;
    if (stamp === known) return null;
    known = stamp;
    try {
      return stamp === '' ? null : cookiesIn(file);
    } catch (error) {
      // Perhaps it is being written.
      if (error instanceof UsageError) return null;
      throw error;
    }
  };
}

function cookiesIn(file: string): readonly Cookie[] {
  try {
    const { mtimeMs } = statSync(file);
    return readCookies(wholeText(file, COOKIE_FILE_BYTES_MAX, 'latin1'), Math.floor(mtimeMs));
  } catch (cause) {
    if (cause instanceof CookieFileFault) throw new UsageError(`${file}, ${cause.message}.`, { cause });
    throw new UsageError(`${file} cannot be read as a file of cookies: ${whyUnread(cause)}.`, { cause });
  }
}

function assertFolder(file: string, option: string): void {
  const folder = dirname(resolve(file));
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new UsageError(`${option}: ${folder} is not a folder.`);
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new UsageError(`${option}: ${file} is a folder.`);
}

/** Only the user may read the file. What stood there stays until the new one is whole. */
export function saveCookies(file: string, cookies: readonly Cookie[]): void {
  const text = extname(file).toLowerCase() === '.json' ? storageState(cookies) : cookiesTxt(cookies);
  try {
    const there = lstatSync(file, { throwIfNoEntry: false });
    // A pipe, a terminal or a link stays what it is.
    if (there !== undefined && !there.isFile()) return writeFileSync(file, text, 'latin1');
    const part = `${file}.part`;
    writeFileSync(part, text, { encoding: 'latin1', mode: 0o600 });
    renameSync(part, file);
  } catch (cause) {
    throw asMachineError(cause, `${file} could not be written`);
  }
}
