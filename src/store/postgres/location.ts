// A job whose store is in PostgreSQL. Its folder has the archive and the logs; the name of the folder is the name of
// the job in the database.

import { basename, resolve } from 'node:path';
import { JobError } from '../../base/errors.ts';
import { NO_PATIENCE } from '../../base/room.ts';
import { makeFolder } from '../folder.ts';
import type { JobLocation } from '../job-location.ts';
import { type Lock, lockJob } from '../lock.ts';
import { openPostgresCopySource } from './copy-source.ts';
import { openPostgresCopyTarget } from './copy-target.ts';
import { type JobLock, lockSchema, removeSchema } from './database.ts';
import { type Ask, createLine } from './line.ts';
import { writeMovedFile } from './moved-files.ts';
import { databasePlace, quotedName } from './place.ts';
import { takeDownInDatabase } from './removal.ts';
import { matchInDatabase, retryInDatabase } from './retry.ts';
import { hasPostgresJob, openPostgresLedger, openPostgresStore } from './store.ts';

const FILES_NAME = '/lock';

/** Throws UsageError if `address` is not the URL of a PostgreSQL database. */
export function postgresLocation(folder: string, address: string): JobLocation {
  const place = databasePlace(address, basename(resolve(folder)));
  let claimed: JobLock | null = null;
  let folderLock: Lock | null = null;

  const claim = async (): Promise<AsyncDisposable> => {
    const lock = await lockSchema(place);
    claimed = lock;
    return {
      async [Symbol.asyncDispose]() {
        folderLock?.[Symbol.dispose]();
        folderLock = null;
        claimed = null;
        await lock[Symbol.asyncDispose]();
      },
    };
  };
  const lockFolder = (): void => {
    folderLock ??= lockJob(folder);
  };
  /** Asks on a connection of its own. */
  const asking = async <T>(what: string, work: (ask: Ask) => Promise<T>): Promise<T> => {
    const line = createLine(place);
    try {
      await line.open();
      return await NO_PATIENCE.whenThere(what, async () => work(await line.bound()));
    } finally {
      await line.close();
    }
  };
  return {
    storeName: `job in ${place.server}`,
    exists: () => hasPostgresJob(place),
    claim,
    async lock() {
      if (!(await hasPostgresJob(place))) throw new JobError('missing', `There is no ${place.shown}.`);
      const lock = await claim();
      try {
        lockFolder();
        return lock;
      } catch (error) {
        await lock[Symbol.asyncDispose]();
        throw error;
      }
    },
    open(options) {
      const prepare = (): void => {
        makeFolder(folder, FILES_NAME);
        lockFolder();
      };
      return openPostgresStore(place, options, { lock: claimed!, prepare });
    },
    read: () => openPostgresLedger(place),
    copySource: (clock) => openPostgresCopySource(place, clock),
    copyTarget: (clock) => openPostgresCopyTarget(place, clock),
    remove: () => asking('the job could not be deleted', (ask) => removeSchema(ask, place)),
    changes: {
      movedFiles: {
        note: (moved) =>
          asking('the file could not be noted', (ask) => writeMovedFile(ask, quotedName(place.schema), moved)),
      },
      matching: (selection) => asking('the URLs could not be read', (ask) => matchInDatabase(ask, place, selection)),
      retry: (selection, at) =>
        asking('the URLs could not be queued again', (ask) => retryInDatabase(ask, place, selection, at)),
      takeDown: (id, moves, at) =>
        asking('the URL could not be removed', (ask) => takeDownInDatabase(ask, place, { id, moves, at })),
    },
  };
}
