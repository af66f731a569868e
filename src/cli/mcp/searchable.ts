// The index of a job, for the tools.

import { indexInThread } from '../../job/thread-work.ts';
import { indexState } from '../../search/open-index.ts';
import type { OpenJob } from './jobs.ts';

/** Larger jobs are indexed by the user. */
const INDEXED_URLS_MAX = 20_000;

export async function isSearchable({ folder, ledger }: Pick<OpenJob, 'folder' | 'ledger'>): Promise<boolean> {
  return (await indexState(folder, ledger)) === 'ready';
}

/** Makes a small job searchable, or adds what is new to its index. */
export async function makeSearchable({ folder, store, ledger }: OpenJob): Promise<void> {
  const { queued, leased, done, failed, skipped } = await ledger.job.counts();
  if (queued + leased + done + failed + skipped <= INDEXED_URLS_MAX) await indexInThread({ folder, store });
}
