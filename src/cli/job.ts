// Finds the job that a command means, and opens its ledger.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Ledger, Row } from '../base/contracts.ts';
import { JobError, UsageError } from '../base/errors.ts';
import { storeFor } from '../options/read-options.ts';
import { rootUrl } from '../options/root-url.ts';
import { jobLocation, STORE_FILE } from '../store/location.ts';
import { keyOfJob } from '../url/key.ts';
import type { JobManner, Shell } from './shell.ts';

const CRAWLS = 'crawls';
const CHOICES_SHOWN_MAX = 10;

/** The URL of the database that has the rows of the job; null if they are in its folder. Throws UsageError. */
export function storeOf({ store }: JobManner, { environment }: Shell): string | null {
  return storeFor(store, environment);
}

/**
 * The job's folder: the given one, or the only one under ./crawls. `store` is where the job's rows are if they are not
 * in its folder. Throws UsageError or JobError.
 */
export async function findJob(given: string | undefined, store: string | null): Promise<string> {
  if (given !== undefined) {
    if (isUrl(given)) throw new UsageError(`${given} is a URL: give the folder of a job.`);
    if (await isJob(given, store)) return given;
    const here = hasArchive(given) ? `it ${IN_DATABASE}` : `it contains no ${STORE_FILE}`;
    const why = isOnServer(store) ? 'the database has no job of that name' : here;
    throw new JobError('missing', `There is no job in ${given}: ${why}.`);
  }
  const folders = existsSync(CRAWLS) ? readdirSync(CRAWLS).map((name) => join(CRAWLS, name)) : [];
  const jobs = (await jobsAmong(folders, store)).sort();
  if (jobs.length === 1) return jobs[0]!;
  if (jobs.length === 0) {
    const stored = isOnServer(store) ? undefined : folders.find(hasArchive);
    if (stored !== undefined)
      throw new JobError('missing', `There is no job under ./${CRAWLS}: ${stored} ${IN_DATABASE}.`);
    const where = isOnServer(store)
      ? `No folder under ./${CRAWLS} has its job in the database`
      : `There is no job under ./${CRAWLS}`;
    throw new UsageError(`${where}: give the folder of a job.`);
  }
  const shown = jobs.slice(0, CHOICES_SHOWN_MAX).join(', ');
  const rest = jobs.length > CHOICES_SHOWN_MAX ? ` and ${jobs.length - CHOICES_SHOWN_MAX} more` : '';
  throw new UsageError(`There are several jobs under ./${CRAWLS}: give one of ${shown}${rest}.`);
}

const IN_DATABASE = 'has an archive, so its rows may be in a database: give its --store';

/** Whether the folder is that of a job, wherever its rows are. */
export function hasArchive(folder: string): boolean {
  const archive = join(folder, 'archive');
  return existsSync(archive) && readdirSync(archive).length > 0;
}

export function isOnServer(store: string | null): boolean {
  return store?.startsWith('postgres') === true;
}

/** Whether the folder is the folder of a job. In a database its last segment would do, and that of a URL is no name. */
export async function isJob(folder: string, store: string | null): Promise<boolean> {
  return !isUrl(folder) && (await jobLocation(folder, store).exists());
}

function isUrl(word: string): boolean {
  return /^\w+:\/\//.test(word);
}

/** For commands that want a URL and then a job. Throws UsageError if the job is where the URL should be. */
export async function assertUrlFirst(url: string, given: string | undefined, store: string | null): Promise<void> {
  // A URL may be typed without its scheme, and a job in a database may have the same name.
  const isFolder = async (): Promise<boolean> => !isUrl(url) && existsSync(url) && (await isJob(url, store));
  const isSwapped =
    given === undefined ? await isFolder() : isUrl(given) || (!(await isJob(given, store)) && (await isFolder()));
  if (isSwapped)
    throw new UsageError(`${url} is where the URL should be: give ${given ?? 'a URL'} first, and then ${url}.`);
}

/** The words that name the folder of a job. */
export async function jobsAmong(words: readonly string[], store: string | null): Promise<string[]> {
  const jobs: string[] = [];
  for (const word of words) if (await isJob(word, store)) jobs.push(word);
  return jobs;
}

/** Finds a row by a URL as people paste it: as it was found, without its scheme, or with a fragment. */
export async function findRow(ledger: Ledger, typed: string): Promise<Row | null> {
  const url = await typedUrl(ledger, typed);
  const keyOf = keyOfJob(await ledger.job.identity());
  return (await ledger.rows.find(url)) ?? (await ledger.rows.find(keyOf(url)));
}

/** The URL that a typed text means. */
export async function typedUrl({ rows }: Ledger, typed: string): Promise<string> {
  return (await rows.find(typed)) === null ? rootUrl(typed) : typed;
}

/** Passes the job's ledger to `use` and closes it afterwards. */
export async function withLedger<T>(
  folder: string,
  store: string | null,
  use: (ledger: Ledger) => T | Promise<T>,
): Promise<T> {
  const ledger = await jobLocation(folder, store).read();
  try {
    return await use(ledger);
  } finally {
    await ledger.close();
  }
}
