// Transactions of the process that works on the job: one after another, each repeated while the database is away. It
// owns the number of the last transaction. That number is stored with the transaction, so if the answer to a COMMIT is
// lost, the database tells whether it was done.

import { DatabaseAway } from '../../base/machine.ts';
import type { Room } from '../../base/room.ts';
import type { Ask, Line } from './line.ts';
import { LeasesLost, type Membership } from './membership.ts';

export const NOT_WRITTEN = "the job's database could not be written";

/** How many more URLs are in each state, and how many more sitemaps are unread. */
export interface Tally {
  queued: number;
  done: number;
  failed: number;
  skipped: number;
  sitemaps: number;
  /** How many more URLs were requested. */
  asked: number;
}

export interface Transactions {
  /**
   * Runs `work` in a transaction; `tally` is read when `work` is over. Work must change nothing but the database, for
   * it may run several times. `prepare` runs before the transaction is begun. Rejects with LeasesLost, and then nothing
   * of it was written. `epoch` is that of the leases that the work is about; without it, that of now.
   */
  run<T>(work: (ask: Ask, tally: Tally) => Promise<T>, prepare?: () => Promise<void>, epoch?: number): Promise<T>;
  /** Asks outside of a transaction, again while the database is away. */
  read<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when no transaction is under way. */
  idle(): Promise<unknown>;
}

export interface TransactionParts {
  readonly line: Line;
  /** The schema's name as SQL. */
  readonly schema: string;
  readonly membership: Membership;
  readonly room: Pick<Room, 'whenThere'>;
}

/** Two transactions waited for each other. PostgreSQL ends one of them, which is then repeated. */
const DEADLOCK = '40P01';

export function createTransactions({ line, schema, membership, room }: TransactionParts): Transactions {
  const { id, fence } = membership;
  const count = `UPDATE ${schema}.tallies SET writes = $1, queued = queued + $2, done = done + $3, failed = failed + $4,
    skipped = skipped + $5, sitemaps = sitemaps + $6, asked = asked + $7 WHERE epoch = ${id}`;
  const awaitEnd = `SELECT epoch FROM ${schema}.workers WHERE id = ${id} FOR UPDATE`;
  const readWrites = `SELECT writes FROM ${schema}.tallies WHERE epoch = ${id}`;
  let writes = 0;
  let failure: unknown = null;
  let last: Promise<unknown> = Promise.resolve();

  const begin = async (ask: Ask, epoch: number): Promise<void> => {
    const [, { rows }] = await Promise.all([ask('BEGIN'), ask(fence)]);
    if (rows[0]?.[0] !== epoch) throw new LeasesLost(epoch);
  };
  const commit = async (ask: Ask, number: number, tally: Tally): Promise<void> => {
    const { queued, done, failed, skipped, sitemaps, asked } = tally;
    const counted = ask(count, [number, queued, done, failed, skipped, sitemaps, asked]);
    const [, { command }] = await Promise.all([counted, ask('COMMIT')]);
    // After a failed statement PostgreSQL answers COMMIT by rolling back.
    if (command !== 'COMMIT') throw new Error(`store: the transaction ended with ${command}`);
  };

  const transact = async <T>(
    work: (ask: Ask, tally: Tally) => Promise<T>,
    prepare: () => Promise<void>,
    epoch: number,
  ): Promise<T> => {
    const number = writes + 1;
    /** What the transaction gave whose COMMIT was not answered. */
    let unsure: { readonly result: T } | null = null;
    const once = async (): Promise<T> => {
      if (failure !== null) throw failure;
      const ask = await line.bound();
      if (unsure !== null) {
        // The lost connection's transaction may still be at its COMMIT. It has a lock on this row until it has ended.
        await ask(awaitEnd);
        if ((await ask(readWrites)).rows[0]?.[0] === number) return unsure.result;
      }
      unsure = null;
      // This process has begun anew, and the work is about what it had before.
      if (membership.epoch !== epoch) throw new LeasesLost(epoch);
      await prepare();
      const tally: Tally = { queued: 0, done: 0, failed: 0, skipped: 0, sitemaps: 0, asked: 0 };
      try {
        // The work does not wait for the answer to BEGIN.
        const [begun, worked] = await Promise.allSettled([begin(ask, epoch), work(ask, tally)]);
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
        if ((error as { code?: unknown }).code === DEADLOCK) return once();
        throw error;
      }
    };
    try {
      return await room.whenThere(NOT_WRITTEN, once);
    } finally {
      // Also after a refusal: nobody may take a later transaction for this one.
      writes = number;
    }
  };

  return {
    run(work, prepare = async () => {}, epoch = membership.epoch) {
      const running = last.then(() => transact(work, prepare, epoch));
      last = running.catch((error) => {
        if (!(error instanceof LeasesLost)) failure ??= error;
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
