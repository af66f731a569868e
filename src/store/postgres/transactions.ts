// Transactions of the process that works on the job: one after another, each repeated while the database is away. It
// owns the number of the last transaction. That number is stored with the transaction, so if the answer to a COMMIT is
// lost, the database tells whether it was done.

import { JobError } from '../../base/errors.ts';
import { DatabaseAway } from '../../base/machine.ts';
import type { Room } from '../../base/room.ts';
import type { Ask, Line } from './line.ts';
import type { DatabasePlace } from './place.ts';

export const NOT_WRITTEN = "the job's database could not be written";

/** How many more URLs are in each state. */
export interface Tally {
  done: number;
  failed: number;
  skipped: number;
}

export interface Transactions {
  /**
   * Runs `work` in a transaction; `tally` is read when `work` is over. Work must change nothing but the database, for
   * it may run several times. `prepare` runs before the transaction is begun.
   */
  run<T>(work: (ask: Ask, tally: Tally) => Promise<T>, prepare?: () => Promise<void>): Promise<T>;
  /** Asks outside of a transaction, again while the database is away. */
  read<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when no transaction is under way. */
  idle(): Promise<unknown>;
}

export interface TransactionParts {
  readonly line: Line;
  readonly place: DatabasePlace;
  /** The schema's name as SQL. */
  readonly schema: string;
  /** The number of this opening of the job. A later one voids it. */
  readonly epoch: number;
  readonly room: Pick<Room, 'whenThere'>;
  /** Takes the job's lock again; called after the connection was lost. */
  readonly relock: () => Promise<void>;
}

export function createTransactions({ line, place, schema, epoch, room, relock }: TransactionParts): Transactions {
  const fence = `SELECT epoch FROM ${schema}.job FOR SHARE`;
  const count = `UPDATE ${schema}.tallies SET writes = $1, done = done + $2, failed = failed + $3, skipped = skipped + $4
    WHERE epoch = ${epoch}`;
  const awaitEnd = `SELECT epoch FROM ${schema}.job FOR UPDATE`;
  const readWrites = `SELECT writes FROM ${schema}.tallies WHERE epoch = ${epoch}`;
  let writes = 0;
  let connections = line.connections;
  let failure: unknown = null;
  let last: Promise<unknown> = Promise.resolve();

  const assertOurs = (stored: unknown): void => {
    if (stored === epoch) return;
    throw new JobError('locked', `${place.shown} was taken over by another process; this one stops`);
  };
  const begin = async (ask: Ask): Promise<void> => {
    const [, { rows }] = await Promise.all([ask('BEGIN'), ask(fence)]);
    assertOurs(rows[0]?.[0]);
  };
  const commit = async (ask: Ask, number: number, { done, failed, skipped }: Tally): Promise<void> => {
    const [, { command }] = await Promise.all([ask(count, [number, done, failed, skipped]), ask('COMMIT')]);
    // After a failed statement PostgreSQL answers COMMIT by rolling back.
    if (command !== 'COMMIT') throw new Error(`store: the transaction ended with ${command}`);
  };

  const transact = async <T>(
    work: (ask: Ask, tally: Tally) => Promise<T>,
    prepare: () => Promise<void>,
  ): Promise<T> => {
    const number = writes + 1;
    /** What the transaction gave whose COMMIT was not answered. */
    let unsure: { readonly result: T } | null = null;
    const once = async (): Promise<T> => {
      if (failure !== null) throw failure;
      const ask = await line.bound();
      if (line.connections !== connections) {
        assertOurs((await ask(`SELECT epoch FROM ${schema}.job`)).rows[0]?.[0]);
        await relock();
      }
      connections = line.connections;
      if (unsure !== null) {
        // The lost connection's transaction may still be at its COMMIT. It has a lock on this row until it has ended.
        await ask(awaitEnd);
        if ((await ask(readWrites)).rows[0]?.[0] === number) return unsure.result;
      }
      unsure = null;
      await prepare();
      const tally: Tally = { done: 0, failed: 0, skipped: 0 };
      try {
        // The work does not wait for the answer to BEGIN.
        const [begun, worked] = await Promise.allSettled([begin(ask), work(ask, tally)]);
        if (begun.status === 'rejected') throw begun.reason;
        if (worked.status === 'rejected') throw worked.reason;
        unsure = { result: worked.value };
        await commit(ask, number, tally);
        return worked.value;
      } catch (error) {
        if (!(error instanceof DatabaseAway)) {
          unsure = null;
          await ask('ROLLBACK').catch(() => {});
        }
        throw error;
      }
    };
    const result = await room.whenThere(NOT_WRITTEN, once);
    writes = number;
    return result;
  };

  return {
    run(work, prepare = async () => {}) {
      const running = last.then(() => transact(work, prepare));
      last = running.catch((error) => {
        failure ??= error;
      });
      return running;
    },
    async read(work) {
      if (failure !== null) throw failure;
      return room.whenThere("the job's database could not be read", work);
    },
    idle: () => last,
  };
}
