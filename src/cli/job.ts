// Finds the job that a command means, and opens its ledger.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Ledger, Row } from '../base/contracts.ts';
import { JobError, UsageError } from '../base/errors.ts';
import { rootUrl } from '../options/root-url.ts';
import { jobLocation, STORE_FILE } from '../store/location.ts';
import { keyOfJob } from '../url/key.ts';

const CRAWLS = 'crawls';
const CHOICES_SHOWN_MAX = 10;

/** The job's folder: the given one, or the only one under ./crawls. Throws UsageError or JobError. */
export async function findJob(given: string | undefined): Promise<string> {
  if (given !== undefined) {
    if (!(await isJob(given)))
      throw new JobError('missing', `There is no job in ${given}: it contains no ${STORE_FILE}.`);
    return given;
  }
  const folders = existsSync(CRAWLS) ? readdirSync(CRAWLS).map((name) => join(CRAWLS, name)) : [];
  const jobs = (await jobsAmong(folders)).sort();
  if (jobs.length === 1) return jobs[0]!;
  if (jobs.length === 0) throw new UsageError(`There is no job under ./${CRAWLS}: give the folder of a job.`);
  const shown = jobs.slice(0, CHOICES_SHOWN_MAX).join(', ');
  const rest = jobs.length > CHOICES_SHOWN_MAX ? ` and ${jobs.length - CHOICES_SHOWN_MAX} more` : '';
  throw new UsageError(`There are several jobs under ./${CRAWLS}: give one of ${shown}${rest}.`);
}

/** Whether the folder contains a job. */
export async function isJob(folder: string): Promise<boolean> {
  return jobLocation(folder).exists();
}

/** The words that name the folder of a job. */
export async function jobsAmong(words: readonly string[]): Promise<string[]> {
  const jobs: string[] = [];
  for (const word of words) if (await isJob(word)) jobs.push(word);
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
export async function withLedger<T>(folder: string, use: (ledger: Ledger) => T | Promise<T>): Promise<T> {
  const ledger = await jobLocation(folder).read();
  try {
    return await use(ledger);
  } finally {
    await ledger.close();
  }
}
