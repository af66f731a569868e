// Retries URLs: the rows that the user names go back to the queue, and the next run of the job requests them.

import { assertOwnFolders } from '../archive/folder.ts';
import { INDEX_FOLDER, removeIndex } from '../archive/indexes.ts';
import type { Clock } from '../base/clock.ts';
import type { Ledger, Row } from '../base/contracts.ts';
import { asMachineError } from '../base/machine.ts';
import type { Matched, Selection } from '../store/job-location.ts';
import { jobLocation } from '../store/location.ts';
import { type Lost, lostRows } from '../views/verify/lost.ts';
import { contentsOf, holdingsOf } from './open-contents.ts';

export type { Matched } from '../store/job-location.ts';

/** Which URLs to retry: those that match any of these. */
export interface RetryWanted extends Pick<Selection, 'reasons' | 'errors' | 'statuses'> {
  /** The URLs as the user typed them. */
  readonly urls: readonly string[];
  /** Also retry URLs whose archive record is lost. */
  readonly lost: boolean;
}

export interface Retried {
  readonly matched: Matched;
  /** How many earlier records are lost. No row depends on them. */
  readonly lostRecords: number;
  /** The given URLs that the job has never seen. */
  readonly unseen: readonly string[];
  /** The given URLs that were taken down. They are not retried. */
  readonly removed: readonly string[];
}

const NOTHING_LOST: Lost = { ids: [], earlier: [], files: new Set() };

/**
 * Throws JobError if another process works on the job. `find` finds the row of a typed URL. If `isDry` is set nothing
 * is changed.
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
    const holdings = holdingsOf(folder, ledger);
    const { ids, earlier, files } = lost
      ? await lostRows(holdings, ledger, contentsOf(holdings, ledger))
      : NOTHING_LOST;
    const selection: Selection = { ...filters, ids: rows.map(({ id }) => id), lost: ids, lostRecords: earlier };
    // The next run repairs a file that has no index: it cuts off the rest of a torn record.
    if (!isDry && files.size > 0) assertOwnFolders(folder, [INDEX_FOLDER]);
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
