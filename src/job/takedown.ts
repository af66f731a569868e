// Takedown: what is known and kept of one URL goes from the store and from the archive. In that order, so that a takedown that is interrupted is completed by
// asking for it again, and no row ever points to a record that is gone.

import { bury, findTargets, giveOwnPayloads } from '../archive/takedown.ts';
import type { Clock } from '../base/clock.ts';
import type { Ledger, Row } from '../base/contracts.ts';
import { asMachineError } from '../base/machine.ts';
import { jobLocation } from '../store/location.ts';
import { keyOfJob } from '../url/key.ts';
import { contentsOf } from './open-contents.ts';

export interface Takedown {
  /** Null where the store never had it. */
  readonly row: Pick<Row, 'url' | 'state'> | null;
  /** Records that were overwritten. */
  readonly records: number;
  /** Records of other URLs with the very same content, which keep it. */
  readonly moved: number;
}

/** Throws JobError where another process works on the job. `find` gives the row that is meant. */
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
    const { records, dependents } = findTargets(folder, (target) => target === url || keyOf(target) === key);
    const places = await giveOwnPayloads(folder, dependents, contentsOf(folder, ledger), clock);
    const moves = dependents.map((from, at) => ({ from, to: places[at]! }));
    if (row !== null || moves.length > 0) await location.changes.takeDown(row?.id ?? null, moves, clock.wall());
    bury(folder, [...records, ...dependents], clock.wall());
    return { row, records: records.length, moved: moves.length };
  } catch (error) {
    throw asMachineError(error, `${typed} could not be removed`);
  } finally {
    await ledger.close();
  }
}
