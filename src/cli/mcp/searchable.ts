// The index of a job, for the tools.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { indexJob } from '../../search/index-job.ts';
import { INDEX_FILE } from '../../store/location.ts';
import type { OpenJob } from './jobs.ts';

/** Larger jobs are indexed by the user. */
const INDEXED_URLS_MAX = 20_000;

export function isSearchable(folder: string): boolean {
  return existsSync(join(folder, INDEX_FILE));
}

/** Makes a small job searchable, or adds what is new to its index. */
export async function makeSearchable({ folder, ledger, contents }: OpenJob): Promise<void> {
  const { queued, leased, done, failed, skipped } = await ledger.job.counts();
  if (queued + leased + done + failed + skipped <= INDEXED_URLS_MAX) await indexJob(folder, ledger, contents);
}
