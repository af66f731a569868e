// Opens the archive for the views. It finds records by the store's rows and undoes their content codings as the crawl
// does.

import { earlierJobs } from '../archive/earlier-jobs.ts';
import { createContents } from '../archive/kept-contents.ts';
import type { Contents } from '../base/contents.ts';
import type { Ledger } from '../base/contracts.ts';
import { CONTENT_BYTES_MAX } from '../base/limits.ts';
import { blankOutcome } from '../fetch/blank-outcome.ts';
import { createDecoding } from '../fetch/decode.ts';

/** `folder` is the job's folder. */
export function contentsOf(folder: string, ledger: Ledger): Contents {
  const undone = createDecoding(CONTENT_BYTES_MAX);
  return createContents({
    folder,
    earlier: earlierJobs(folder),
    placeOf: async (url) => (await ledger.rows.find(url))?.archive ?? null,
    async decode(headers, rawBody) {
      const { body } = await undone({ ...blankOutcome('', 0), headers, rawBody, body: rawBody });
      return body;
    },
  });
}
