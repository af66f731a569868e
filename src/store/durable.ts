// Makes commits durable without holding up the event loop. SQLite writes a transaction to its log and returns; the log is then
// synced in a thread of libuv's, and only after that is the transaction settled for anybody. (SQLite's own way, synchronous=FULL,
// syncs inside COMMIT: an ordinary disk takes 5 to 30 ms for that, in which ten thousand connections would wait.)

import { close, fdatasync, fsync, open } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { MachineError } from '../base/errors.ts';
import { IN_MEMORY } from './database.ts';

export interface Durable {
  /** Resolves once all that is committed is on disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

const openFile = promisify(open);
const syncData = promisify(fdatasync);
const syncAll = promisify(fsync);
const closeFile = promisify(close);

export function createDurable(location: string): Durable {
  if (location === IN_MEMORY) return { sync: async () => {}, close: async () => {} };
  let log: Promise<number> | null = null;
  return {
    async sync() {
      log ??= openLog(location);
      await syncData(await log).catch(asDiskError);
    },
    async close() {
      if (log !== null) await closeFile(await log);
      log = null;
    },
  };
}

/** The log exists from the first commit on, and until the last connection is closed it is the same file. */
async function openLog(location: string): Promise<number> {
  const log = await openFile(`${location}-wal`, 'r');
  // A new file is durable once its name is.
  const folder = await openFile(dirname(location), 'r');
  await syncAll(folder);
  await closeFile(folder);
  return log;
}

function asDiskError(cause: Error): never {
  throw new MachineError('disk', `the job's database could not be written: ${cause.message}; run again to go on`, {
    cause,
  });
}
