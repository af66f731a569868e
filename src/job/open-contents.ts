// Opens the archive for the views: the files of a job wherever they are, and what the rows refer to in them, without
// its content codings.

import type { Depot } from '../archive/depot/depot.ts';
import { openDepot } from '../archive/depot/open-depot.ts';
import { earlierJobs } from '../archive/earlier-jobs.ts';
import { createHoldings, type Holdings } from '../archive/holdings.ts';
import { createContents } from '../archive/kept-contents.ts';
import { systemClock } from '../base/clock.ts';
import type { Contents } from '../base/contents.ts';
import type { Ledger, MovedFile } from '../base/contracts.ts';
import { JobError } from '../base/errors.ts';
import { CONTENT_BYTES_MAX } from '../base/limits.ts';
import { blankOutcome } from '../fetch/blank-outcome.ts';
import { createDecoding } from '../fetch/decode.ts';
import { jobLocation } from '../store/location.ts';

export type { Holdings } from '../archive/holdings.ts';

/** The place where files of an archive are kept, with what the environment of this process says of S3. */
export function depotAt(place: string): Depot {
  return openDepot(place, process.env, systemClock);
}

/** `folder` is the job's folder. */
export function holdingsOf(folder: string, ledger: Ledger): Holdings {
  return createHoldings({ folder, moved: ledger.archived.moved, depotAt });
}

export function contentsOf(holdings: Holdings, ledger: Ledger): Contents {
  const undone = createDecoding(CONTENT_BYTES_MAX);
  return createContents({
    holdings,
    earlier: earlierJobs(holdings.folder).map(earlierHoldings),
    placeOf: async (url) => (await ledger.rows.find(url))?.archive ?? null,
    async decode(headers, rawBody) {
      const { body } = await undone({ ...blankOutcome('', 0), headers, rawBody, body: rawBody });
      return body;
    },
  });
}

/** The archive of another job. Without its store only the files in its folder are known. */
export function earlierHoldings(folder: string): Holdings {
  const moved = async (): Promise<ReadonlyMap<string, MovedFile>> => {
    const location = jobLocation(folder);
    if (!(await location.exists())) return new Map();
    try {
      const ledger = await location.read();
      return await ledger.archived.moved().finally(ledger.close);
    } catch (error) {
      if (error instanceof JobError) return new Map();
      throw error;
    }
  };
  return createHoldings({ folder, moved, depotAt });
}
