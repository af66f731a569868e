// Takedown removes all that is known and stored of one URL, first from the store and then from the archive. In this
// order no row ever points to a missing record, and a repeated takedown completes an interrupted one.

import { basename } from 'node:path';
import { moveFile } from '../archive/move.ts';
import { archiveNames } from '../archive/recover.ts';
import { bury, findTargets, giveOwnPayloads } from '../archive/takedown.ts';
import type { Clock } from '../base/clock.ts';
import type { Ledger, MovedFiles, Row } from '../base/contracts.ts';
import { asMachineError } from '../base/machine.ts';
import { jobLocation } from '../store/location.ts';
import { keyOfJob } from '../url/key.ts';
import { contentsOf, depotAt, holdingsOf } from './open-contents.ts';

export interface Takedown {
  /** Null if the store never had the URL. */
  readonly row: Pick<Row, 'url' | 'state'> | null;
  /** How many records were overwritten. */
  readonly records: number;
  /** How many records of other URLs had the same content. They keep it. */
  readonly moved: number;
}

/** Throws JobError if another process works on the job. `find` finds the row of the URL. */
export async function takeDown(
  folder: string,
  typed: string,
  find: (ledger: Ledger) => Promise<Row | null>,
  clock: Clock,
  locate = jobLocation,
): Promise<Takedown> {
  const location = locate(folder);
  await using _lock = await location.lock();
  const ledger = await location.read();
  try {
    const row = await find(ledger);
    const keyOf = keyOfJob(await ledger.job.identity());
    const url = row?.url ?? typed;
    const key = keyOf(url);
    await endMoves(folder, ledger, location.changes.movedFiles);
    const holdings = holdingsOf(folder, ledger);
    const { records, dependents } = await findTargets(holdings, (target) => target === url || keyOf(target) === key);
    const places = await giveOwnPayloads(holdings, dependents, contentsOf(holdings, ledger), clock);
    const moves = dependents.map((from, at) => ({ from, to: places[at]! }));
    if (row !== null || moves.length > 0) await location.changes.takeDown(row?.id ?? null, moves, clock.wall());
    await bury(holdings, [...records, ...dependents], clock.wall());
    return { row, records: records.length, moved: moves.length };
  } catch (error) {
    throw asMachineError(error, `${typed} could not be removed`);
  } finally {
    await ledger.close();
  }
}

/** A file that is half moved must not change: what is there of it already would not match the rest. */
async function endMoves(folder: string, { archived }: Ledger, movedFiles: MovedFiles): Promise<void> {
  const here = archiveNames(folder);
  for (const moved of (await archived.moved()).values()) {
    if (moved.isThere || !here.includes(basename(moved.file))) continue;
    const depot = depotAt(moved.place);
    await moveFile(folder, moved.file, moved, depot, movedFiles, new AbortController().signal);
  }
}
