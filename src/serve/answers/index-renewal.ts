// An index of another version is made again once somebody looks at its job. It owns how far that is.

import type { JobToSearch } from '../../search/answer.ts';
import { indexJob } from '../../search/index-job.ts';
import { indexState } from '../../search/open-index.ts';
import type { JobAnswer } from '../api/jobs.ts';

export interface IndexRenewal {
  /** How the index stands. If it is of another version, it begins to be made again. */
  look(): Promise<Pick<JobAnswer, 'index' | 'indexedUrls'>>;
  /** What was made stays. */
  stop(): void;
}

export function createIndexRenewal({ folder, ledger, contents }: JobToSearch): IndexRenewal {
  const stop = new AbortController();
  let looked = 0;
  let renewing: Promise<void> | null = null;
  let hasFailed = false;

  const renew = async (): Promise<void> => {
    try {
      await indexJob(folder, ledger, contents, (rows) => (looked = rows), stop.signal);
    } catch {
      // A folder that cannot be written, or a full disk: the command says it when somebody gives it.
      hasFailed = true;
    }
    renewing = null;
  };
  return {
    async look() {
      if (renewing === null) {
        const state = await indexState(folder, ledger);
        if (state !== 'older') return { index: state, indexedUrls: null };
        if (hasFailed || stop.signal.aborted) return { index: 'missing', indexedUrls: null };
        looked = 0;
        renewing ??= renew();
      }
      return { index: 'renewing', indexedUrls: looked };
    },
    stop: () => stop.abort(),
  };
}
