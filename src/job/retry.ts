// Asking again: rows of a job go back to the queue on the user's word, and the next crawl of the job asks for them.

import { removeIndex } from '../archive/indexes.ts';
import type { Clock } from '../base/clock.ts';
import type { Ledger, Row } from '../base/contracts.ts';
import { asMachineError } from '../base/machine.ts';
import { jobLocation } from '../store/location.ts';
import type { Matched, Selection } from '../store/sqlite/retry.ts';
import { type Lost, lostRows } from '../views/verify/lost.ts';
import { contentsOf } from './open-contents.ts';

export type { Matched } from '../store/sqlite/retry.ts';

/** Which URLs to ask again: those that match any of these. */
export interface RetryWanted extends Pick<Selection, 'reasons' | 'errors' | 'statuses'> {
  /** As typed. */
  readonly urls: readonly string[];
  /** Also those whose record in the archive is not there any more. */
  readonly lost: boolean;
}

export interface Retried {
  readonly matched: Matched;
  /** Earlier records that are gone: no row depends on them. */
  readonly lostRecords: number;
  /** Of the URLs that were given, those that the job has never seen, */
  readonly unseen: readonly string[];
  /** and those that were taken down, and stay so. */
  readonly removed: readonly string[];
}

const NOTHING_LOST: Lost = { ids: [], earlier: [], files: new Set() };

/**
 * Throws JobError where another process works on the job. `find` gives the row that a typed URL means; where `isDry` is set nothing is
 * changed.
 */
export async function retryJob(
  folder: string,
  { urls, lost, ...filters }: RetryWanted,
  find: (ledger: Ledger, typed: string) => Promise<Row | null>,
  clock: Clock,
  isDry: boolean,
  locate = jobLocation,
): Promise<Retried> {
  const location = locate(folder);
  await using _lock = await location.lock();
  const ledger = await location.read();
  try {
    const { changes } = location;
    const found: (readonly [typed: string, row: Row | null])[] = [];
    for (const typed of urls) found.push([typed, await find(ledger, typed)]);
    const rows = found.flatMap(([, row]) => (row === null ? [] : [row]));
    const { ids, earlier, files } = lost ? await lostRows(folder, ledger, contentsOf(folder, ledger)) : NOTHING_LOST;
    const selection: Selection = { ...filters, ids: rows.map(({ id }) => id), lost: ids, lostRecords: earlier };
    // A file without its index is one that the next run puts in order: what is left of a torn record is cut off then.
    if (!isDry) for (const file of files) removeIndex(folder, file);
    return {
      lostRecords: earlier.length,
      matched: await (isDry ? changes.matching(selection) : changes.retry(selection, clock.wall())),
      unseen: found.filter(([, row]) => row === null).map(([typed]) => typed),
      removed: rows.filter(({ reason }) => reason === 'removed').map(({ url }) => url),
    };
  } catch (error) {
    throw asMachineError(error, 'the URLs could not be queued again');
  } finally {
    await ledger.close();
  }
}
