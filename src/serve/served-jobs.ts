// The jobs that are served: folders of jobs, and folders with jobs in them, which are looked through again and again.

import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { GossamerError, UsageError } from '../base/errors.ts';
import { JOBS_LISTED_MAX, LIST_AGE_MAX_MS } from '../base/limits-of-serving.ts';
import { jobLocation } from '../store/location.ts';
import type { JobToServe } from './answers/job-answers.ts';
import { lineOf } from './answers/state.ts';
import type { JobLine, JobsAnswer } from './api/jobs.ts';
import { ApiError } from './failures.ts';

export interface ServedJobs {
  /** Newest first. */
  list(): Promise<JobsAnswer>;
  /** Throws ApiError if there is no such job. */
  find(id: string): Promise<JobToServe>;
}

export interface ServedPlaces {
  /** Folders of jobs. */
  readonly jobs: readonly string[];
  /** Folders whose folders are jobs. */
  readonly parents: readonly string[];
  /** The database of the jobs if it is not in their folders. */
  readonly store: string | null;
}

/** `viewBaseOf` gives the place of a job's archived pages. */
export function createServedJobs(
  { jobs, parents, store }: ServedPlaces,
  viewBaseOf: (id: string) => string,
): ServedJobs {
  const ids = new Map<string, string>();
  const folders = new Map<string, string>();
  let listed: { readonly at: number; readonly answer: Promise<JobsAnswer> } | null = null;

  const idOf = (folder: string): string => {
    const known = ids.get(folder);
    if (known !== undefined) return known;
    const name = basename(folder);
    let id = name;
    for (let more = 2; folders.has(id); more += 1) id = `${name}-${more}`;
    ids.set(folder, id);
    folders.set(id, folder);
    return id;
  };
  const look = async (): Promise<string[]> => {
    const found = jobs.map((folder) => resolve(folder));
    for (const parent of parents) {
      for (const name of namesIn(parent)) {
        const folder = resolve(parent, name);
        if (found.length < JOBS_LISTED_MAX && !found.includes(folder) && (await isJob(folder))) found.push(folder);
      }
    }
    for (const folder of found) idOf(folder);
    return found;
  };
  const isJob = (folder: string): Promise<boolean> =>
    jobLocation(folder, store)
      .exists()
      // A job that was there is still listed, with what is wrong.
      .catch(() => ids.has(folder));
  const line = async (folder: string): Promise<JobLine> => {
    const id = idOf(folder);
    try {
      const ledger = await jobLocation(folder, store).read();
      try {
        return await lineOf({ id, folder, ledger });
      } finally {
        await ledger.close();
      }
    } catch (error) {
      return unreadable(id, folder, error);
    }
  };
  const list = async (): Promise<JobsAnswer> => {
    const lines = await Promise.all((await look()).map(line));
    lines.sort((one, other) => (other.updatedAt ?? 0) - (one.updatedAt ?? 0) || (one.id < other.id ? -1 : 1));
    return { jobs: lines, searchedIn: parents.map((parent) => resolve(parent)) };
  };
  return {
    list() {
      const now = systemClock.now();
      if (listed === null || now - listed.at > LIST_AGE_MAX_MS) listed = { at: now, answer: list() };
      return listed.answer;
    },
    async find(id) {
      if (!folders.has(id)) await look();
      const folder = folders.get(id);
      if (folder === undefined) throw new ApiError(404, 'no-job', `There is no job ${JSON.stringify(id)} here.`);
      return { id, folder, store, viewBase: viewBaseOf(id) };
    },
  };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function unreadable(id: string, folder: string, error: unknown): JobLine {
  const text = error instanceof GossamerError ? error.message : String(error);
  return {
    ...{ id, folder, roots: [], state: 'unreadable', isOurs: false },
    urls: { queued: 0, leased: 0, done: 0, failed: 0, skipped: 0 },
    ...{ requests: 0, bytes: 0, elapsedMs: 0, startedAt: null, updatedAt: null },
    sentence: [{ text: 'It cannot be read.', q: null }],
    trouble: text,
  };
}

/**
 * The folders of jobs among what was typed, and the folders with jobs in them. Without any it is ./crawls, where jobs
 * may come later. Throws UsageError if there is no job in a folder, and MachineError if the database cannot be reached.
 */
export async function placesOf(typed: readonly string[], store: string | null): Promise<ServedPlaces> {
  const isJob = (folder: string): Promise<boolean> => jobLocation(folder, store).exists();
  const jobs: string[] = [];
  const parents: string[] = [];
  for (const folder of typed.length === 0 ? [CRAWLS] : typed) {
    const isOne = await isJob(folder);
    if (!isOne && typed.length > 0) await assertHasJobs(folder, isJob);
    (isOne ? jobs : parents).push(folder);
  }
  return { jobs, parents, store };
}

const CRAWLS = 'crawls';

async function assertHasJobs(folder: string, isJob: (folder: string) => Promise<boolean>): Promise<void> {
  for (const name of namesIn(folder)) if (await isJob(join(folder, name))) return;
  const why = existsSync(folder) ? 'it is no job, and there is no job in it' : 'there is no such folder';
  throw new UsageError(`Nothing can be served from ${folder}: ${why}.`);
}
