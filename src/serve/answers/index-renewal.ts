// An index of another version is made again once somebody looks at its job. It owns how far that is.

import { indexInThread, type WorkedJob } from '../../job/thread-work.ts';
import type { JobToSearch } from '../../search/answer.ts';
import { indexState } from '../../search/open-index.ts';
import type { JobAnswer } from '../api/jobs.ts';

export interface IndexRenewal {
  /** How the index stands. If it is of another version, it begins to be made again. */
  look(): Promise<Pick<JobAnswer, 'index' | 'indexedUrls'>>;
  /** What was made stays. */
  stop(): void;
}

export function createIndexRenewal({ folder, store, ledger }: WorkedJob & Pick<JobToSearch, 'ledger'>): IndexRenewal {
  const stop = new AbortController();
  let looked = 0;
  let renewing: Promise<void> | null = null;
  let hasFailed = false;

  const renew = async (): Promise<void> => {
    try {
      await indexInThread({ folder, store }, (rows) => (looked = rows), stop.signal);
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
